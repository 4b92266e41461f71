/**
 * Ensemble weather forecasting by coarse-to-fine refinement.
 *
 * @packageDocumentation
 */

// grid
export {
  equiangularGrid,
  equiangularGridWithPoles,
  gaussianGrid,
  gaussianNodes,
  regionalGrid,
  type Grid,
  type GridKind,
} from "./grid/grid.js";

// pyramid
export {
  sphericalCoarsening,
  type Expansion,
  type SphericalCoarsening,
  type SphericalLevel,
} from "./pyramid/spherical-coarsening.js";

// verification
export {
  createAggregator,
  type Aggregator,
  type AggregatorOptions,
  type Bin,
  type BinContent,
  type Score,
  type StartMeans,
  type StatisticSums,
} from "./verification/aggregator.js";
export { anomalyCorrelation } from "./verification/anomaly-correlation.js";
export {
  climatologyEnsemble,
  climatologyMean,
  dampedAnomaly,
  fitDamping,
  persistence,
  type ClimatologyEnsembleOptions,
  type Damping,
  type DampingFit,
  type FieldSource,
  type Forecaster,
} from "./verification/baselines.js";
export {
  blockBootstrap,
  bootstrapScoreDifference,
  type BlockBootstrapOptions,
} from "./verification/block-bootstrap.js";
export { brierScore, reliability, type ReliabilityCurve, type Thresholds } from "./verification/brier.js";
export { validTimeOf, type FieldLayout, type ForecastCase } from "./verification/case.js";
export { climatologyAt, fitClimatology, type Climatology, type ClimatologyFit } from "./verification/climatology.js";
export { crps, ensembleCrps } from "./verification/crps.js";
export { energyScore } from "./verification/energy-score.js";
export { bias, debiasedRmse, mae, rmse, vectorRmse, type VectorChannels } from "./verification/errors-of-mean.js";
export { curveMetric, meanMetric, rootMeanMetric, type MeanOf, type Metric } from "./verification/metric.js";
export { rankHistogram, rankHistogramUnevenness } from "./verification/rank-histogram.js";
export { regionWeights, STANDARD_REGIONS, WHOLE_GRID, type ScoreRegion } from "./verification/region.js";
export { skillScore, skillScores } from "./verification/skill-score.js";
export { skill, spread, spreadSkillRatio } from "./verification/spread-skill.js";
export { sphericalSpectrum } from "./verification/spherical-spectrum.js";
export type { AreaMeans, AreaStatistic, FieldStatistic, Statistic } from "./verification/statistic.js";
export { rowSpectrum, zonalSpectrum } from "./verification/zonal-spectrum.js";

// simulator
export { energy, potentialEnstrophy } from "./simulator/diagnostics.js";
export {
  balancedGeopotential,
  outputFields,
  outputWinds,
  SIMULATOR_CHANNELS,
  type Winds,
} from "./simulator/outputs.js";
export { TUNED_PARAMETERS, type ModelParameters, type Mountain } from "./simulator/parameters.js";
export {
  perfectEnsemble,
  perturbState,
  type EnsembleForecast,
  type PerfectEnsembleOptions,
  type StateNoise,
} from "./simulator/perfect-ensemble.js";
export { quasiGeostrophicModel, type QuasiGeostrophicModel } from "./simulator/quasi-geostrophic.js";
export { simulate, type SimulateOptions, type Snapshot } from "./simulator/simulate.js";
export { simulatedTime } from "./simulator/simulated-time.js";
export type { SpectralSpace } from "./simulator/spectral-space.js";
export {
  sphericalHarmonics,
  type CurlAndDivergence,
  type Gradient,
  type SphericalHarmonics,
} from "./simulator/spherical-harmonics.js";

// data
export {
  datasetOf,
  MOST_ELEMENTS,
  variableOf,
  type AttributeValue,
  type Attributes,
  type Dataset,
  type NumberArray,
  type Slice,
  type Variable,
} from "./data/dataset.js";
export { decodeFloat32, readDecoded, type DecodedArray, type ReadDecodedOptions } from "./data/decode.js";
export { decodeDurations, decodeTimes, isTimeUnits, type Calendar } from "./data/time.js";
export { openAnalyses, type Analyses } from "./data/analyses.js";
export { datasetOfChannels } from "./data/channel-files.js";
export { forecastVariable } from "./data/channel-names.js";
export { seriesLayout } from "./data/series-layout.js";
export { gridOf, readFields, type GridPlacement } from "./data/grid-of.js";
export { httpFiles, type HttpOptions } from "./data/http-files.js";
export { readNetcdf3 } from "./data/netcdf3-read.js";
export { readZarr, readZarrUrl, type ReadZarrOptions, type ZarrFiles } from "./data/zarr-read.js";
export { type Netcdf3Version } from "./data/netcdf3-layout.js";
export { type DatasetDefinition, type VariableDefinition } from "./data/definition.js";
export {
  cfEnsembleLayout,
  weatherBenchLayout,
  type ForecastDescription,
  type ForecastVariable,
} from "./data/forecast-layout.js";

// ingest
export { channelAccumulator, type ChannelAccumulator, type ChannelStatistics } from "./ingest/channel-statistics.js";
export { conservativeRegridding, type Regridding } from "./ingest/conservative-regridding.js";
export { type IngestRequest, type IngestVariable } from "./ingest/plan-ingest.js";
export { type TimeSelection } from "./ingest/select-times.js";

// model
export {
  weatherModelConfigSchema,
  weatherTrainingSchema,
  type WeatherModelConfig,
  type WeatherPreset,
  type WeatherTrainingConfig,
} from "./config/config.js";
export {
  categoricalHeadSchema,
  diffusionHeadSchema,
  gaussianHeadSchema,
  headConfigSchema,
  onePassHeadSchema,
  scalePassesSchema,
  transformQuantiserSchema,
  vectorQuantiserSchema,
  type CategoricalHeadConfig,
  type DiffusionHeadConfig,
  type FieldQuantiserPreset,
  type GaussianHeadConfig,
  type HeadConfig,
  type HeadPreset,
  type OnePassHeadConfig,
  type ScalePasses,
} from "./config/head-config.js";
export { SIMULATOR_SPLIT, WEATHER_PRESETS, type WeatherPresetName } from "./config/presets.js";
export { ANALYSIS_SETS, type AnalysisSet, type Years } from "./config/analysis-sets.js";
export { PRESET_DATA, type PresetData, type SimulatorRuns } from "./config/preset-data.js";
export { simulatedInitialState, type SimulatedStartOptions } from "./model/simulated-initial-state.js";
export { layoutOfModel } from "./model/layout-of-model.js";
export { initialStateOf } from "./model/initial-state-of.js";
export { withUntrainedHead, type OtherHead } from "./model/with-head.js";
export { weatherModelKind } from "./model/checkpoint-kind.js";
export {
  createForecastModel,
  type CreateForecastModelOptions,
  type ForecastModelContent,
} from "./model/create-forecast-model.js";
export type {
  ForecastModel,
  ForecastRequest,
  ForecastStep,
  InitialState,
  StepLikelihood,
} from "./model/forecast-model.js";

// training
export type { FieldSeries } from "./training/field-series.js";
export { seriesFields, startsOf } from "./training/series-fields.js";
export { seriesOf, type SeriesOfOptions } from "./training/series-of.js";
export { simulatedSeries, type SimulatedSeriesOptions } from "./training/simulated-series.js";

// evaluation
export { type CodingReport } from "./evaluation/coding-report.js";
export { evaluateForecastModel, type EvaluateForecastModelOptions } from "./evaluation/evaluate-forecast-model.js";
export { type ClimateDrift } from "./evaluation/climate-drift.js";
export { type EvaluatedModel, type ForecastModelReport, type SystemReport } from "./evaluation/model-report.js";
export { type SimulatorStates } from "./evaluation/perfect-system.js";
export { type LeadScore, type LeadSpectrum } from "./evaluation/lead-scores.js";
export { verifyForecast, type ForecastVerification, type VerifyForecastOptions } from "./evaluation/verify-forecast.js";
export { openForecast, type ForecastFile } from "./evaluation/forecast-file.js";
export { evaluateSystem, type EvaluationOptions } from "./evaluation/evaluate-system.js";
export {
  forecasterSystem,
  modelSystem,
  type EnsembleAtLead,
  type ForecastSystem,
  type ModelSystemOptions,
} from "./evaluation/forecast-system.js";
export { ridgeEnsemble, type RidgeEnsemble, type RidgeEnsembleOptions } from "./evaluation/ridge-ensemble.js";
