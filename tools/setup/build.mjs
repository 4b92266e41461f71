import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
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
 * The file that the compiler rewrites at the end of every build.
 *
 * @param {string} project folder of a package
 */
function stampOf(project) {
  return join(project, "dist", ".tsbuildinfo");
}

/**
 * Names of packages, for a message.
 *
 * @param {string[]} projects their folders
 */
function namesOf(projects) {
  return projects.map((project) => basename(project)).join(", ");
}

/**
 * Why packages must be built: some never have been, or their sources or settings have changed since.
 *
 * @param {string} root folder of the repository
 * @returns {string | undefined}
 */
export function buildProblem(root) {
  const base = statSync(join(root, "tsconfig.base.json")).mtimeMs;
  const projects = ["packages", "apps"]
    .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))
    .filter((project) => existsSync(join(project, "tsconfig.build.json")));
  const unbuilt = projects.filter((project) => !existsSync(stampOf(project)));
  if (unbuilt.length > 0) return `not built yet: ${namesOf(unbuilt)}`;
  const changed = projects.filter((project) => {
    const settings = ["package.json", "tsconfig.build.json"].map((name) => statSync(join(project, name)).mtimeMs);
    return Math.max(base, ...settings, newest(join(project, "src"))) > statSync(stampOf(project)).mtimeMs;
  });
  return changed.length > 0 ? `changed since the last build: ${namesOf(changed)}` : undefined;
}

/**
 * Builds every package when something changed since the last build, and says so. Throws with an explanation.
 *
 * @param {string} root folder of the repository
 */
export async function buildIfStale(root) {
  const problem = buildProblem(root);
  if (problem === undefined) return;
  console.log(`Building the packages (${problem}).`);
  const nx = join(root, "node_modules", "nx", "dist", "bin", "nx.js");
  const { status, output } = await run(root, process.execPath, [nx, "run-many", "-t", "build"], { quiet: true });
  if (status !== 0) {
    console.error(output);
    throw new Error("the build failed; the compiler's message is above, and `npm run build` repeats it.");
  }
}
