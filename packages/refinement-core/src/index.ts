// metrics
export { accuracy, argmaxRows } from "./metrics/accuracy.js";
export {
  bootstrapInterval,
  bootstrapMean,
  type BootstrapInterval,
  type BootstrapOptions,
} from "./metrics/bootstrap.js";
export {
  calibrationOf,
  emptyReliability,
  mergeReliability,
  reliabilityBins,
  type CalibrationScore,
  type ReliabilityBins,
} from "./metrics/calibration.js";
export {
  fitDensityCoverage,
  type DensityCoverageMetric,
  type DensityCoverageScore,
} from "./metrics/density-coverage.js";
export { concatenateFeatures, featureMatrix, type FeatureMatrix } from "./metrics/features.js";
export { fitFrechet, type FrechetMetric, type FrechetScore } from "./metrics/frechet.js";
export {
  fitKernelDistance,
  unbiasedKernelDistance,
  type KernelDistanceMetric,
  type KernelDistanceScore,
} from "./metrics/kernel-distance.js";
export { fitMemorisation, type MemorisationMetric, type MemorisationScore } from "./metrics/memorisation.js";
export { covarianceOf, emptyMoments, mergeMoments, momentsOf, type FeatureMoments } from "./metrics/moments.js";
export { fitPca, pcaReconstruct, pcaTransform, type Pca } from "./metrics/pca.js";
export { fitPcaFrechet, type PcaFrechetMetric } from "./metrics/pca-frechet.js";
export { psnr, type PsnrScore } from "./metrics/psnr.js";

// random
export { gumbels, normals, uniforms } from "./random/distributions.js";
export { integers, integerSource, permutation, type IntegerSource } from "./random/integers.js";
export { type Indices, type Region } from "./random/region.js";
export { LIMITS, randomStream, type Address, type RandomStream } from "./random/stream.js";

// training
export { formatDuration } from "./training/duration.js";
export { epochOrder, shuffledBatches, type BatchIndices } from "./training/epoch-order.js";
export { createProgress, type Progress, type ProgressOptions, type ProgressStream } from "./training/progress.js";
export {
  constantSchedule,
  cosineSchedule,
  flatThenLinearSchedule,
  linearSchedule,
  withWarmUp,
  type Decay,
  type Schedule,
} from "./training/schedules.js";
export { requireTensors, type TensorLayout } from "./training/tensors.js";
export { train, type TrainOptions, type TrainProgress, type TrainResult } from "./training/train.js";
