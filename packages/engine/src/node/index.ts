export { diagnoseEngines, type EngineReport } from "./doctor.js";
export {
  DEFAULT_ENGINE,
  ENGINE_NAMES,
  type EngineName,
  type OnnxRuntimeProvider,
  type TfjsBackend,
} from "./engine-names.js";
export { measureMatmulRate, type MatmulRateOptions } from "./machine-rate.js";
export { openEngine, type OpenEngineOptions } from "./open-engine.js";
export { discard, realPathOf, removeLeftovers, syncFolder, temporaryName, writeFileAtomic } from "./atomic-write.js";
export { exclusively } from "./exclusively.js";
export { readRegularFile } from "./read-regular-file.js";
export { readFolder, replaceFolder, type FolderFiles } from "./replace-folder.js";
export { startThread } from "./start-thread.js";
export { unwritable } from "./unwritable.js";
