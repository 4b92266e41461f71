// data, formats
export {
  readGraphFile,
  writeGraphFile,
  type GraphFile,
  type ReadGraphFileOptions,
  type WriteGraphFileOptions,
  graphFileEnding,
  GRAPH_FILE_ENDINGS,
} from "./graph-files.js";
export { readMoleculeSet, type MoleculeSet } from "./molecule-set.js";
export { readGraphSet, type GraphSet } from "./graph-set.js";

// models
export { bundledGraphModels, loadGraphModel, type LoadGraphModelOptions } from "./load-graph-model.js";
export { trainGraphModel, type TrainedGraphModel, type TrainGraphModelOptions } from "./train-graph-model.js";
// molecule
export { readSdfFile, readSmilesFile, writeSdfFile, writeSmilesFile } from "./chemistry/molecule-files.js";
export { openChemistryWorker, type ChemistryWorkerOptions } from "./chemistry/open-chemistry-worker.js";
