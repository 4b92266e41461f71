export type { RunOptions, RunProgress } from "./run-options.js";
export { runPart } from "./run-part.js";
export { runSweep } from "./run-sweep.js";
export { runTable } from "./run-table.js";
export { runStudy } from "./study/run-study.js";
export { runTricks } from "./study/run-tricks.js";
