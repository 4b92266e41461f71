import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installIfNeeded } from "./setup/install.mjs";
import { runHere } from "./setup/run.mjs";

/*
 * `npm test`: the whole suite from a fresh clone, against the sources. Installs what is missing, then runs vitest with
 * the arguments given: `npm test -- packages/engine`.
 */

const root = fileURLToPath(new URL("..", import.meta.url));

try {
  await installIfNeeded(root);
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  process.exitCode = await runHere(root, process.execPath, [vitest, "run", ...process.argv.slice(2)]);
} catch (error) {
  console.error(`npm test: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
