export { readIdx, writeIdx, type IdxTensor } from "./data/idx.js";
export { datasetFromIdx, IMAGE_LIMITS, imageDataset, type ImageDataset } from "./data/image-dataset.js";
