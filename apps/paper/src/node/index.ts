export { runTable, type RunTableOptions, type TableProgress } from "./run-table.js";
export { runStudy, type RunStudyOptions, type StudyProgress } from "./study/run-study.js";
export { runTricks } from "./study/run-tricks.js";
