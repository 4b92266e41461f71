import { watchedChemistry as watched, type Chemistry } from "@nextscale/graphs";
import type { ProgressStream } from "@nextscale/refinement-core";
import { showStageLines, type StageLines } from "../stage-line.js";

/** Lines for what is asked about molecules; so many of them take long enough for one. */
export function moleculeLines(stream: ProgressStream = process.stderr): StageLines {
  return showStageLines(stream, { unit: "molecules", least: 5000 });
}

/** Chemistry that shows how far it is with long lists of molecules, and stops when the signal aborts. */
export function watchedChemistry(chemistry: Chemistry, signal: AbortSignal): Chemistry {
  const lines = moleculeLines();
  signal.addEventListener("abort", lines.close, { once: true });
  return watched(chemistry, { signal, onProgress: lines.update });
}
