export { ancestralPlan, gaussianPosterior, type GaussianPosterior, type ReverseVariance } from "./ancestral-plan.js";
export { codeStepNats, codePriorNats, maskedWeight } from "./code-bound.js";
export {
  absorbingCodes,
  cosineKept,
  diffuseCodes,
  linearKept,
  startCodes,
  uniformCodes,
  type CodeDiffusion,
} from "./code-diffusion.js";
export { codeDiffusionNats, codeFactors, codeFactorTypes, type CodeFactors } from "./code-loss.js";
export { codeMarginal, codePosterior, codeReverse, type CodeStep } from "./code-reverse.js";
export {
  consistencyLoss,
  consistencyScalings,
  pseudoHuber,
  type ConsistencyRange,
  type ConsistencyScalings,
  type LevelPair,
} from "./consistency.js";
export { consistencyPlan } from "./consistency-plan.js";
export {
  consistencyLevelCount,
  consistencyLevels,
  levelPairProbabilities,
  type ConsistencyCurriculum,
  type LogNormalLevels,
} from "./consistency-schedule.js";
export { ddimPlan } from "./ddim-plan.js";
export {
  denoisingFactors,
  denoisingLoss,
  denoisingTarget,
  denoisingTypes,
  noisyState,
  type DenoisingFactors,
} from "./denoising-loss.js";
export { dpmSolverPlan } from "./dpm-solver-plan.js";
export { edmPlan, type Churn, type EdmPlanOptions } from "./edm-plan.js";
export { edmPreconditioning, NOISE_FEATURES, noiseFeatures, type EdmPreconditioning } from "./edm-preconditioning.js";
export { flowLevel, flowLevels } from "./flow-levels.js";
export { gaussianBound, reverseDeviations, type BoundStatistics, type GaussianBound } from "./gaussian-bound.js";
export { heunPlan } from "./heun-plan.js";
export { karrasLevel, type NoiseRange } from "./karras-levels.js";
export { learnedVarianceNats, reverseFactors, reverseTypes, type ReverseFactors } from "./learned-variance.js";
export {
  minSnrWeight,
  predictionWeight,
  snrPlusOneWeight,
  truncatedSnrWeight,
  type DataWeight,
} from "./loss-weight.js";
export { halfLogSnr, signalToNoise, type NoiseLevel } from "./noise-level.js";
export {
  cosineNoise,
  lastTimeWithSignal,
  levelsAt,
  linearNoise,
  scheduleOfBetas,
  type NoiseSchedule,
} from "./noise-schedule.js";
export {
  dataFactors,
  denoised,
  targetFactors,
  type DataFactors,
  type Parameterisation,
  type Prediction,
  type TargetFactors,
} from "./parameterisation.js";
export { inflated, type FreshNoise, type Plan, type PlanStep } from "./plan.js";
export { distillationFactors, studentLevels, type DistillationFactors } from "./progressive-distillation.js";
export { nextState, sampleByPlan, type Denoised, type PlannedSampling } from "./sample-by-plan.js";
export { codePlan, nextCodes, sampleCodes, type CodeSampling } from "./sample-codes.js";
export { samplingTimes, type TimeSpacing } from "./sampling-times.js";
