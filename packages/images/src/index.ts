export { readIdx, writeIdx, type IdxTensor } from "./data/idx.js";
export { datasetFromIdx, IMAGE_LIMITS, imageDataset, type ImageDataset } from "./data/image-dataset.js";
export type { ImageBatch } from "./image-batch.js";
export { imageModelKind } from "./model/checkpoint-kind.js";
export {
  imageModelConfigSchema,
  imageTrainingSchema,
  refinerConfigSchema,
  tokeniserConfigSchema,
  type ImageModelConfig,
  type ImageTrainingConfig,
  type RefinerConfig,
  type TokeniserConfig,
} from "./model/config.js";
export { createImageModel, type CreateImageModelOptions } from "./model/create-image-model.js";
export type { CodeScores, ImageModel, ImageSamples, SampleRequest } from "./model/image-model.js";
export { IMAGE_PRESETS, type ImagePreset, type ImagePresetName } from "./model/presets.js";
export { renderGrid, type GridOptions } from "./render/grid.js";
export type { DrawableImage } from "./render/raster.js";
export { renderScaleStrip, type ScaleStripOptions } from "./render/scale-strip.js";
