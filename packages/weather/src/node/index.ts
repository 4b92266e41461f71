export { analysisSetIn, folderOfSet } from "./analysis-set.js";
export { openDatasetWriter, readDatasetFile } from "./dataset-file.js";
export type { DatasetWriter } from "./dataset-writer.js";
export { ingest, type IngestedChannel, type IngestOptions, type IngestReport } from "./ingest.js";
export { readNetcdf3File } from "./netcdf3-file.js";
export { openDataset } from "./open-dataset.js";
export { openNetcdf3Writer } from "./netcdf3-writer.js";
export { readNetcdf4File } from "./netcdf4-file.js";
export { openNetcdf4Writer } from "./netcdf4-writer.js";
export { readZarrFolder } from "./zarr-folder.js";
export { openZarrWriter } from "./zarr-writer.js";
export {
  bundledForecastModels,
  loadForecastModel,
  readForecastModel,
  type LoadForecastModelOptions,
} from "./load-forecast-model.js";
export {
  trainForecastModel,
  type TrainedForecastModel,
  type TrainForecastModelOptions,
} from "./train-forecast-model.js";
export { writeForecast, type WriteForecastOptions, type WrittenForecast } from "./write-forecast.js";
export { writeSimulation, type WriteSimulationOptions } from "./write-simulation.js";
