import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.mjs";

/**
 * The newest modification time, in ms, of the files under a folder.
 *
 * @param {string} folder
 * @returns {number}
 */
function newest(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((latest, entry) => Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs), 0);
}

/**
 * True when some package has not been built since its sources or settings changed.
 *
 * @param {string} root folder of the repository
 * @returns {boolean}
 */
export function buildIsStale(root) {
  const base = statSync(join(root, "tsconfig.base.json")).mtimeMs;
  const projects = ["packages", "apps"]
    .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))
    .filter((project) => existsSync(join(project, "tsconfig.build.json")));
  return projects.some((project) => {
    // The compiler rewrites this file at the end of every build.
    const stamp = join(project, "dist", ".tsbuildinfo");
    if (!existsSync(stamp)) return true;
    const settings = ["package.json", "tsconfig.build.json"].map((name) => statSync(join(project, name)).mtimeMs);
    return Math.max(base, ...settings, newest(join(project, "src"))) > statSync(stamp).mtimeMs;
  });
}

/**
 * Builds every package when something changed since the last build, and says so. Throws with an explanation.
 *
 * @param {string} root folder of the repository
 */
export async function buildIfStale(root) {
  if (!buildIsStale(root)) return;
  console.log("Building the packages: their sources are newer than what was built from them.");
  const nx = join(root, "node_modules", "nx", "dist", "bin", "nx.js");
  const { status, output } = await run(root, process.execPath, [nx, "run-many", "-t", "build"], { quiet: true });
  if (status !== 0) {
    console.error(output);
    throw new Error("the build failed; the compiler's message is above, and `npm run build` repeats it.");
  }
}
