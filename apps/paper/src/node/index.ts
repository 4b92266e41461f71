export { runTable, type RunTableOptions, type TableProgress } from "./run-table.js";
