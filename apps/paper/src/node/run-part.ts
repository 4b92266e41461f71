import type { PaperResults, PartName } from "../page/parts.js";
import type { RunOptions } from "./run-options.js";
import { runSweep } from "./run-sweep.js";
import { runTable } from "./run-table.js";
import { runStudy } from "./study/run-study.js";
import { runTricks } from "./study/run-tricks.js";

/**
 * Runs what a part needs and is not in the folder yet.
 *
 * @throws NextscaleError as `runTable`, `runSweep`, `runStudy` and `runTricks`
 */
export function runPart(part: PartName, options: RunOptions): Promise<PaperResults> {
  switch (part) {
    case "matrix":
    case "frontier":
      return runStudy(part, options);
    case "tricks":
      return runTricks(options);
    case "sweep":
      return runSweep(options);
    default:
      return runTable(part, options);
  }
}
