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
} from "./config/config.js";
export { createImageModel, type CreateImageModelOptions, type ImageModelContent } from "./model/create-image-model.js";
export type { CodeScores, ImageModel, ImageSamples, SampleRequest, TrainedOn } from "./model/image-model.js";
export { IMAGE_PRESETS, type ImagePreset, type ImagePresetName } from "./config/presets.js";
export { renderGrid, type GridOptions } from "./render/grid.js";
export type { DrawableImage } from "./render/raster.js";
export { renderScaleStrip, type ScaleStripOptions } from "./render/scale-strip.js";

export { frozenTokeniser, type FrozenTokeniser } from "./tokeniser/frozen-tokeniser.js";

// metrics
export { labelCost } from "./metrics/evaluate-likelihood.js";
export {
  fitHistogramDecoder,
  histogramDecoderNats,
  type HistogramDecoder,
  type PixelNats,
} from "./metrics/histogram-decoder.js";
export { roundToLevels } from "./metrics/levels.js";
export { evaluateImages, type EvaluateImagesOptions, type EvaluationStage } from "./metrics/evaluate-images.js";
export type { EvaluatedModel } from "./metrics/evaluated-model.js";
export {
  embedDataset,
  openFeatureNetwork,
  type FeatureNetwork,
  type ImageFeatures,
} from "./metrics/feature-network.js";
export { formatReport } from "./metrics/format-report.js";
export { headlineFigures } from "./metrics/headline-figures.js";
export type { LenetConfig } from "./metrics/lenet.js";
export { LENET_RECIPE, type LenetRecipe } from "./training/lenet-stage.js";
export { pixelFloors, type PixelFloors } from "./metrics/pixel-floors.js";
export type {
  CodebookUse,
  DataReport,
  DistanceScore,
  ImageReport,
  LikelihoodReport,
  SampleReport,
  SetScore,
  TokeniserReport,
} from "./metrics/report.js";
