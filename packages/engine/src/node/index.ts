export { writeFileAtomic } from "./atomic-write.js";
export { readFolder, replaceFolder, type FolderFiles } from "./replace-folder.js";
