import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { run } from "../setup/run.mjs";

const require = createRequire(import.meta.url);

/**
 * publint: does package.json say the truth about the files?
 *
 * @param {import("./workspace.mjs").Package} project
 * @returns {Promise<string | undefined>} what is wrong
 */
export async function publintProblem(project) {
  const { messages, pkg } = await publint({ pkgDir: project.folder, strict: true });
  if (messages.length === 0) return undefined;
  return messages.map((message) => String(formatMessage(message, pkg, { color: false }))).join("\n");
}

/**
 * Are The Types Wrong: does every way of resolving an entry point find its types?
 *
 * @param {string} tarball
 * @param {string} folder where to run
 * @returns {Promise<string | undefined>} what is wrong
 */
export async function attwProblem(tarball, folder) {
  const attw = join(dirname(require.resolve("@arethetypeswrong/cli/package.json")), "dist", "index.js");
  const args = [attw, tarball, "--profile", "esm-only", "--format", "ascii", "--no-emoji", "--no-definitely-typed"];
  const { status, output } = await run(folder, process.execPath, args, { quiet: true });
  return status === 0 ? undefined : output;
}
