export { concatenate, gatherRows } from "./arrays.js";

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
  observePrediction,
  reliabilityBins,
  type CalibrationScore,
  type ReliabilityBins,
} from "./metrics/calibration.js";
export {
  fitDensityCoverage,
  type DensityCoverageMetric,
  type DensityCoverageScore,
} from "./metrics/density-coverage.js";
export { concatenateFeatures, featureMatrix, selectFeatures, type FeatureMatrix } from "./metrics/features.js";
export { fitFrechet, type FrechetMetric, type FrechetScore } from "./metrics/frechet.js";
export {
  fitKernelDistance,
  unbiasedKernelDistance,
  type KernelDistanceMetric,
  type KernelDistanceScore,
} from "./metrics/kernel-distance.js";
export { fitMemorisation, type MemorisationMetric, type MemorisationScore } from "./metrics/memorisation.js";
export { leadingEigenvectors } from "./metrics/leading-eigenvectors.js";
export {
  covarianceOf,
  emptyMoments,
  mergeMoments,
  momentsOf,
  unionOfMoments,
  type FeatureMoments,
} from "./metrics/moments.js";
export { fitPca, pcaReconstruct, pcaTransform, type Pca } from "./metrics/pca.js";
export { fitPcaFrechet, type PcaFrechetMetric } from "./metrics/pca-frechet.js";
export { psnr, type PsnrScore } from "./metrics/psnr.js";
export { symmetricEigen, type SymmetricEigen } from "./metrics/symmetric-eigen.js";

// random
export { gumbels, normals, uniforms } from "./random/distributions.js";
export { integers, integerSource, permutation, type IntegerSource } from "./random/integers.js";
export { type Indices, type Region } from "./random/region.js";
export { LIMITS, randomStream, type Address, type RandomStream } from "./random/stream.js";

// pyramid
export type { Coarsening } from "./pyramid/coarsening.js";
export { gaussianBlur, gaussianDown, gaussianUp, halved, type AxisKind } from "./pyramid/gaussian.js";
export { gaussianSteps, gridCoarsening, type GridSize, type GridStep } from "./pyramid/grid-coarsening.js";
export { adjoint, hostGrid, tensorGrid, type GridArithmetic, type GridOperator } from "./pyramid/grid-operator.js";
export { hostTensor, type HostTensor } from "./pyramid/host-tensor.js";
export {
  identityMatrix,
  matrix,
  matrixFromTaps,
  multiplyMatrices,
  transposeMatrix,
  type Matrix,
  type Tap,
} from "./pyramid/matrix.js";
export {
  gaussianPyramid,
  laplacianPyramid,
  reconstruct,
  type Depth,
  type LaplacianPyramid,
} from "./pyramid/pyramid.js";
export { strided } from "./pyramid/strided.js";
export { areaMatrix, areaWeights, bicubicMatrix, bilinearMatrix, replicationMatrix } from "./pyramid/resize.js";

// refiner
export { attention, FORBIDDEN, type AttentionInputs } from "./refiner/attention.js";
export { gridGeometry, scaleOffsets, scaleOfSite, type ScaleGeometry } from "./refiner/geometry.js";
export {
  bitwiseHead,
  categoricalHead,
  gaussianHead,
  type GaussianHeadParameters,
  type GaussianOutput,
  type Head,
} from "./refiner/head.js";
export { initLinear, linear, type LinearParameters } from "./refiner/linear.js";
export {
  type BlockModulation,
  type BlockModulationParameters,
  type ModulationName,
  type SharedModulationParameters,
  initSharedModulation,
  sharedModulation,
} from "./refiner/modulation.js";
export { mlp, type MlpConfig, type MlpParameters } from "./refiner/mlp.js";
export {
  mlpRefiner,
  type MlpRefinerConfig,
  type MlpRefinerParameters,
  type MlpRefinerState,
} from "./refiner/mlp-refiner.js";
export { type Network } from "./refiner/network.js";
export {
  countParameters,
  initialiser,
  isHostTensor,
  parameterArrays,
  parameterNormals,
  parameterTypes,
  SHAPES_ONLY,
  type HostParameters,
  type Initialiser,
  type MapLeaves,
  type NormalSource,
  type TensorParameters,
} from "./refiner/parameters.js";
export { withScaleHeads, type WithScaleHeads } from "./refiner/scale-heads.js";
export { withHead, type ScaleRefiner, type ScaleTrunk, type WithHead } from "./refiner/refiner.js";
export {
  scaleTransformer,
  isHiddenMatrix,
  scaleTransformerDecays,
  type AttentionContext,
  type ScaleTransformerConfig,
  type ScaleTransformerParameters,
  type ScaleTransformerState,
} from "./refiner/scale-transformer.js";
export { linkedMab, type LinkedAttentionOptions, type Links } from "./refiner/linked-attention.js";
export {
  isab,
  mab,
  pma,
  repeatForItems,
  sab,
  type IsabParameters,
  type MabParameters,
  type NormParameters,
  type PmaParameters,
  type RowFeedForwardParameters,
  type SetAttentionOptions,
  type SetBlockConfig,
} from "./refiner/set-transformer.js";
export { GRID_FEATURES, siteFeatureCount, siteFeatures, type SiteFeatureConfig } from "./refiner/site-features.js";
export {
  applyBlock,
  initBlock,
  type BlockConfig,
  type BlockInputs,
  type BlockParameters,
  type KeyValue,
} from "./refiner/transformer-block.js";

// sampling
export {
  drawBits,
  drawByInversion,
  drawCategorical,
  gumbelFromUniform,
  type CategoricalDraw,
} from "./sampling/categorical.js";
export {
  guidanceSchedule,
  samplingControls,
  samplingRequirements,
  type SamplingControls,
  type SamplingOptions,
  type SamplingPlan,
} from "./sampling/controls.js";
export {
  generate,
  generationNoise,
  generationTypes,
  type GenerationInputs,
  type GenerationTypes,
  type GenerativeModel,
} from "./sampling/generate.js";
export { guide, guidedContext, guidedLabels } from "./sampling/guidance.js";
export { flattenSites, guidedPredictions, refinerPredictions, type RefinerStep } from "./sampling/predict.js";
export { drawRow, guideRow, softmaxRow, truncatedProbabilities, type Truncation } from "./sampling/reference.js";
export { teacherForced } from "./sampling/teacher-forcing.js";
export { topKPenalty } from "./sampling/truncation.js";

// likelihood
export { bitNats, codeNats, gaussianNats, sumByScale } from "./likelihood/code-nll.js";
export {
  decoderNats,
  fitDecoder,
  levelNats,
  twoPartBitsPerDim,
  type DiscretisedDecoder,
} from "./likelihood/discretised-decoder.js";
export { codeLikelihood, type CodeLikelihood, type ScaleLikelihood } from "./likelihood/report.js";
export { fitUnigram, unigramCrossEntropy, type Unigram } from "./likelihood/unigram.js";

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
export { layoutOf, requireTensors, type TensorLayout } from "./training/tensors.js";
export type { Stage } from "./training/stage.js";
export { train, type Observation, type TrainOptions, type TrainProgress, type TrainResult } from "./training/train.js";
export {
  averagedWeights,
  currentWeights,
  initialWeightState,
  weightStateFrom,
  scheduledTypes,
  updateWeights,
  weightStateTypes,
  type ScheduledInputs,
  type UpdateOptions,
  type WeightState,
} from "./training/weight-state.js";

// model
export { compiledPrograms, type CompiledPrograms } from "./model/compiled-programs.js";
export { untilSignalsAreSeen } from "./model/event-loop.js";
export { batchSize, inBatches, sliceItems } from "./model/in-batches.js";
export {
  requireArgument,
  requireOptions,
  wholeWithin,
  within,
  type OptionRequirements,
  type Requirement,
} from "./model/requirements.js";
export { traceTyped, type TypesOf } from "./model/traced.js";

// walk
export { accumulationScales, type AccumulationScale, type AccumulationStep } from "./walk/accumulation-scales.js";
export { bitNoise, flipBits, flipHostBits } from "./walk/bit-noise.js";
export { codeNoise, selectCodes, selectHostCodes, type CodeNoise } from "./walk/code-noise.js";
export { corrupted, type Corrupted } from "./walk/corrupted.js";
export { encode, encodeOpenLoop, type Encoded } from "./walk/encode.js";
export { given } from "./walk/given.js";
export { inpainted } from "./walk/inpainted.js";
export { laplacianScales, refinementScale, sameLevelScale, type LaplacianScale } from "./walk/laplacian-scales.js";
export type { Then } from "./walk/later.js";
export { sampled, type Sampled } from "./walk/sampled.js";
export type { Choice, CodesOf, PerWalk, Scale, Step, Visit } from "./walk/scale.js";
export { scored, type Score } from "./walk/scored.js";
export { walk, walkAsync } from "./walk/walk.js";

// quantiser
export { bitEntropies, codeEntropies, entropyLoss, type CodeEntropies } from "./quantiser/bit-entropy.js";
export { bitsOfCodes, codesOfBits } from "./quantiser/bits.js";
export { binarySphericalQuantiser, lookupFreeQuantiser, toSphere } from "./quantiser/bitwise-quantiser.js";
export {
  codebookAt,
  codebookFromMeans,
  codebookTypes,
  sharedCodebookFromMeans,
  type Codebook,
} from "./quantiser/codebook.js";
export {
  formatDiagnostics,
  quantiserDiagnostics,
  type QuantiserDiagnostics,
  type ScaleDiagnostics,
  type ScaleObservation,
} from "./quantiser/diagnostics.js";
export { boundScalars, finiteScalarQuantiser } from "./quantiser/finite-scalar-quantiser.js";
export { fitCodebooks, type FitCodebooks } from "./quantiser/fit-codebooks.js";
export { countCodes, kMeans, type KMeans } from "./quantiser/k-means.js";
export {
  learnCodebooks,
  sharedRestartChoices,
  type CodedResidual,
  type LearnCodebooks,
  type LearnedCodebooks,
} from "./quantiser/learn-codebooks.js";
export { meanSquaredError, straightThrough, vqLosses, type VqLosses, type VqLossWeights } from "./quantiser/loss.js";
export {
  addStatistics,
  codeStatistics,
  restartCodes,
  sharedStatistics,
  updateCodebook,
  type CodeStatistics,
  type Restart,
  type Restarted,
} from "./quantiser/moving-average.js";
export { multiScaleScales, sharedPhi, type MultiScaleGrids } from "./quantiser/multi-scale.js";
export { nearestCodes, nearestHostCodes } from "./quantiser/nearest.js";
export { applyPhi, initPhi, PHI_RATIO, phiIndex, phiNormals, phiTypes, type Phi } from "./quantiser/phi.js";
export { fitProductCodebook, productQuantiser } from "./quantiser/product-quantiser.js";
export { identityQuantiser, type Quantiser } from "./quantiser/quantiser.js";
export { codeNeighbours, nearbyCodes } from "./quantiser/neighbours.js";
export { residualQuantiser } from "./quantiser/residual-quantiser.js";
export {
  fitResidualCodebook,
  residualVectorQuantiser,
  type ResidualCodebook,
} from "./quantiser/residual-vector-quantiser.js";
export { hostVectorQuantiser, vectorQuantiser } from "./quantiser/vector-quantiser.js";
export { fitTransform, type FittedTransform } from "./quantiser/fit-transform.js";
export { transformQuantiser, type TransformCodebook } from "./quantiser/transform-quantiser.js";

// checkpoint
export {
  CHECKPOINT_FILES,
  decodeCheckpoint,
  encodeCheckpoint,
  type Checkpoint,
  type CheckpointContent,
  type CheckpointKind,
} from "./checkpoint/checkpoint.js";
export {
  parseModelDescription,
  requireSameRun,
  type ModelDescription,
  type RunIdentity,
} from "./checkpoint/model-description.js";
export {
  createReceipt,
  formatReceipt,
  parseReceipt,
  receiptDifferences,
  type Receipt,
  type ReceiptFields,
  type ReceiptOutput,
} from "./checkpoint/receipt.js";
export { describeIssues } from "./checkpoint/json.js";
export { sha256 } from "./checkpoint/sha256.js";

// diffusion
export * from "./diffusion/index.js";
