// molecule
export { readSdfFile, readSmilesFile, writeSdfFile, writeSmilesFile } from "./chemistry/molecule-files.js";
export { openChemistryWorker, type ChemistryWorkerOptions } from "./chemistry/open-chemistry-worker.js";
