import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runNpm } from "./run.mjs";

/**
 * Why this Node cannot run the project, or undefined when it can.
 *
 * @param {string} root folder of the repository
 * @param {string} [version] such as `20.19.0`
 * @returns {string | undefined}
 */
export function nodeProblem(root, version = process.versions.node) {
  const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const least = engines.node.replace(">=", "");
  const [wanted, present] = [least, version].map((text) => text.split(".").map(Number));
  for (let part = 0; part < 3; part++) {
    const difference = (present[part] || 0) - (wanted[part] || 0);
    if (difference > 0) return undefined;
    if (difference < 0) return `expected Node ${least} or newer, got ${version}; install one from https://nodejs.org`;
  }
  return undefined;
}

/**
 * Why `node_modules` is not what package-lock.json asks for, or undefined when it is.
 *
 * Compares contents with the record that npm keeps of its last install, not dates: switching a branch to and fro must
 * not cost an install.
 *
 * @param {string} root folder of the repository
 * @returns {string | undefined}
 */
export function installProblem(root) {
  const record = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return "dependencies are not installed yet";
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const present = JSON.parse(readFileSync(record, "utf8")).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.startsWith("node_modules/")) continue;
    const installed = present[path];
    // npm leaves out optional packages, and those made for other platforms.
    if (installed === undefined && (entry.optional || entry.devOptional || entry.peer)) continue;
    if (installed === undefined) return `${path} is missing`;
    if (installed.version !== entry.version)
      return `${path} is ${installed.version}, the lock file says ${entry.version}`;
  }
  const extra = Object.keys(present).find((path) => path.startsWith("node_modules/") && wanted[path] === undefined);
  return extra === undefined ? undefined : `${extra} is no longer used`;
}

/** What npm's last words mean, and what to do about it. */
const EXPLANATIONS = [
  {
    sign: /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|ENOTCACHED|network/i,
    advice:
      "npm could not reach its registry. Check the network or proxy (`npm config get registry proxy`); once installed, everything works offline.",
  },
  { sign: /ENOSPC/, advice: "The disk is full: the dependencies need about 800 MB." },
  { sign: /EACCES|EPERM|EROFS/, advice: "This folder cannot be written: clone the repository where you may write." },
  {
    sign: /EUSAGE|not in sync|from lock file/i,
    advice: "package.json and package-lock.json disagree: run `npm install`, and commit the lock file.",
  },
  {
    sign: /EINTEGRITY/,
    advice: "A download was damaged: run `npm cache clean --force` and try again.",
  },
];

/**
 * @param {string} output what a failed npm printed
 * @returns {string}
 */
export function explainInstallFailure(output) {
  const match = EXPLANATIONS.find(({ sign }) => sign.test(output));
  return match === undefined ? "npm's message above says why; `npm ci` repeats it." : match.advice;
}

/**
 * Installs the dependencies when they are not those of the lock file, and says so. Throws with an explanation.
 *
 * @param {string} root folder of the repository
 */
export async function installIfNeeded(root) {
  const unsuitable = nodeProblem(root);
  if (unsuitable !== undefined) throw new Error(unsuitable);
  const problem = installProblem(root);
  if (problem === undefined) return;
  console.log(`Installing: ${problem}. This runs \`npm ci\` once and takes about a minute.`);
  const { status, output } = await runNpm(root, ["ci", "--no-audit", "--no-fund", "--prefer-offline"]);
  if (status !== 0) throw new Error(`npm ci failed. ${explainInstallFailure(output)}`);
}
