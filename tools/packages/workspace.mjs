import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of the repository. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * A package that is published.
 *
 * @typedef {object} Package
 * @property {string} name as in `import`
 * @property {string} folder absolute
 * @property {string[]} entryPoints what can be imported: `@nextscale/engine`, `@nextscale/engine/node`, ...
 * @property {string[]} programs names of the commands it installs
 */

/**
 * Every published package, in order of name.
 *
 * @returns {Package[]}
 */
export function publishedPackages() {
  return ["packages", "apps"]
    .flatMap((group) => readdirSync(join(ROOT, group)).map((name) => join(ROOT, group, name)))
    .filter((folder) => existsSync(join(folder, "package.json")))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) }))
    .filter(({ manifest }) => manifest.private !== true)
    .map(({ folder, manifest }) => ({
      name: manifest.name,
      folder,
      entryPoints: Object.keys(manifest.exports)
        .filter((path) => path !== "./package.json")
        .map((path) => manifest.name + path.slice(1)),
      programs: Object.keys(manifest.bin || {}),
    }));
}
