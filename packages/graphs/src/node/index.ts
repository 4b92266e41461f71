// data, formats
export {
  readGraphFile,
  writeGraphFile,
  type GraphFile,
  type ReadGraphFileOptions,
  type WriteGraphFileOptions,
} from "./graph-files.js";
export { readGraphSet, type GraphSet } from "./graph-set.js";
