export { DEFAULT_ENGINE, ENGINE_NAMES, type EngineName } from "./engine-names.js";
export { openEngine, type OpenEngineOptions } from "./open-engine.js";
export { writeFileAtomic } from "./atomic-write.js";
export { readFolder, replaceFolder, type FolderFiles } from "./replace-folder.js";
