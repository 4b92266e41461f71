import { existsSync } from "node:fs";
import { join } from "node:path";
import { runNpm } from "../setup/run.mjs";

/**
 * What is wrong with a list of packed files: what must be there and is not, what must not be there and is.
 *
 * @param {string[]} files paths in the tarball
 * @param {(path: string) => boolean} sourceExists whether a source file is in the repository
 * @returns {string[]}
 */
export function contentProblems(files, sourceExists) {
  const problems = ["LICENSE", "README.md", "package.json"]
    .filter((name) => !files.includes(name))
    .map((name) => `${name} is not in the tarball`);
  for (const file of files) {
    if (/(^|\/)(test|tests|node_modules|coverage)\/|\.tsbuildinfo$|\.test\./.test(file)) {
      problems.push(`${file} does not belong in the tarball`);
    }
    const source = /^dist\/(.*)\.js$/.exec(file);
    if (source !== null && !sourceExists(`src/${source[1]}.ts`)) {
      problems.push(`${file} is left from an older build: its source is gone; delete dist and build`);
    }
  }
  return problems;
}

/**
 * Packs a package as `npm publish` would, and checks what is in it.
 *
 * @param {import("./workspace.mjs").Package} project
 * @param {string} destination folder for the tarball
 * @returns {Promise<{ tarball: string, bytes: number, problems: string[] }>}
 */
export async function pack(project, destination) {
  const args = ["pack", "--json", "--silent", "--pack-destination", destination];
  const { status, stdout, output } = await runNpm(project.folder, args, { quiet: true });
  if (status !== 0) throw new Error(`npm pack of ${project.name} failed:\n${output}`);
  const packed = JSON.parse(stdout)[0];
  /** @type {string[]} */
  const files = packed.files.map((/** @type {{ path: string }} */ file) => file.path);
  return {
    tarball: join(destination, packed.filename),
    bytes: packed.size,
    problems: contentProblems(files, (path) => existsSync(join(project.folder, path))),
  };
}
