export { cacheFolder, dataFolder } from "./data-folders.js";
export { loadFashionMnist, type FashionMnistOptions } from "./fashion-mnist.js";
export { loadIdxPair, readIdxFile, type IdxPairOptions } from "./idx-file.js";
export { loadMnist, type MnistSplit } from "./mnist.js";
export { readPng, type RasterImage } from "./png-file.js";
export { loadPngFolder } from "./png-folder.js";
export {
  bundledImageModels,
  loadImageModel,
  readImageModel,
  recordReport,
  type LoadImageModelOptions,
} from "./load-image-model.js";
export { trainImageModel, type TrainedImageModel, type TrainImageModelOptions } from "./train-image-model.js";
export type { StageProgress, TrainingStart } from "@nextscale/refinement-core/node";
export { loadFeatureNetwork, type LoadFeatureNetworkOptions } from "./load-feature-network.js";
export {
  trainFeatureNetwork,
  type TrainedFeatureNetwork,
  type TrainFeatureNetworkOptions,
} from "./train-feature-network.js";
