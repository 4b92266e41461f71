export { readIdx, writeIdx, type IdxTensor } from "./data/idx.js";
export { datasetFromIdx, IMAGE_LIMITS, imageDataset, type ImageDataset } from "./data/image-dataset.js";
export { renderGrid, type GridOptions } from "./render/grid.js";
export type { DrawableImage } from "./render/raster.js";
export { renderScaleStrip, type ScaleStripOptions } from "./render/scale-strip.js";
