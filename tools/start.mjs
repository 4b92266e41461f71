import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildIfStale } from "./setup/build.mjs";
import { installIfNeeded } from "./setup/install.mjs";
import { runHere } from "./setup/run.mjs";

/*
 * `npm start`: from a fresh clone to a page of generated digits. Installs and builds what is missing, then runs
 * `nextscale demo` with the arguments given: `npm start -- --seed 3`.
 */

const root = fileURLToPath(new URL("..", import.meta.url));

try {
  await installIfNeeded(root);
  await buildIfStale(root);
  const program = join(root, "apps", "cli", "dist", "main.js");
  process.exitCode = await runHere(root, process.execPath, [program, "demo", ...process.argv.slice(2)]);
  if (process.exitCode !== 0) console.error("npm start: the demo failed; its message is above.");
} catch (error) {
  console.error(`npm start: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
