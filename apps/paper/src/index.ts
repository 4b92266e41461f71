export { FULL, noiseOf, PAPER, QUICK, cellSettingsSchema, stepsPerEpoch, tableSettingsSchema, totalSteps, type CellSettings, type Settings, type TableSettings } from "./settings.js"; // prettier-ignore
export { RECIPES } from "./recipes/recipes.js";
export { TABLE_NAMES, type PaperRow, type Recipe, type TableName } from "./table/recipe.js";
export { METRICS, stepsTo, type Metric, type MetricName } from "./table/metrics.js";
export { RULE, verdictOf, type Claim, type FiguresOf, type SpacingOf, type Reading, type ReadingVerdict, type Verdict } from "./table/verdict.js"; // prettier-ignore
export { TABLE_FORMAT, tableOf, type Curve, type Row, type Table, type TableInputs } from "./table/table.js";
export { floorRecordSchema, observationsSchema, runRecordSchema, studySchema, timingRecordSchema, type FloorRecord, type Observations, type RunRecord, type Study, type TimingRecord } from "./table/records.js"; // prettier-ignore
export { cellText, tableMarkdown } from "./table/markdown.js";
export { tablePictures } from "./table/picture.js";
export { FLOOR_IDS, FLOORS, type Floor, type FloorId } from "./floors/floors.js";
export { linearFilter, type LinearFilter } from "./floors/linear-filter.js";
export { variantId, variantLabel, variantSchema, type BandsVariant, type CodesVariant, type Variant } from "./variant/variant.js"; // prettier-ignore
export { matchedWidth, networkShapes, parameterCount } from "./variant/networks.js";
export { FULL_STUDY, QUICK_STUDY, STUDY, studySettingsSchema, type StudySettings } from "./study/settings.js";
export { cellId, cellLabel, cellSchema, type Cell, type CategoricalCell, type GaussianCell, type SpaceName } from "./study/cell/cell.js"; // prettier-ignore
export { ABLATIONS, FEWER_SCALES, MATRIX_CELLS, OTHER_DIFFUSION } from "./study/cell/cells.js";
export { cellRecordSchema, cellTimesSchema, codesSchema, distanceSchema, floorsSchema, likelihoodSchema, sampleRecordSchema, samplingTimesSchema, studyIdentitySchema, type CellLikelihood, type CellRecord, type CellTimes, type SampleRecord, type SamplingTimes, type StudyFloors, type StudyIdentity } from "./study/report/records.js"; // prettier-ignore
export { STUDY_PARTS, studyPlan, FULL_STEPS, QUICK_STEPS, type PlannedCell, type PlanSteps, type StudyPart } from "./study/report/study-plan.js"; // prettier-ignore
export { STUDY_FORMAT, type CellResults, type SampleResults, type StudyResults } from "./study/report/results.js";
export { costAt, frontierOf, type CostAt, type FrontierPoint, type ReachedAt } from "./study/report/frontier.js";
export {
  COSTS,
  headlines,
  type CostedPoint,
  type CostFactor,
  type CostUnit,
  type Headline,
  type HeadlineSide,
} from "./study/report/headline.js";
export { studyMarkdown } from "./study/report/study-markdown.js";
export { studyPicture, type CostAxis } from "./study/report/study-picture.js";
export {
  samplingId,
  samplingLabel,
  samplingSchema,
  type PlannedSampling,
  type Sampling,
} from "./study/sampling/sampling.js";
export { FULL_TRICKS, QUICK_TRICKS, type TrickSettings } from "./study/tricks/settings.js";
export { TRICK_NAMES } from "./study/tricks/tricks.js";
export { TRICK_KINDS, type TrickKind, type TrickName } from "./study/tricks/trick.js";
export { choiceRecordSchema, trickIdentitySchema, trickRecordSchema, trickTimesSchema, type ChoiceRecord, type TrickIdentity, type TrickRecord, type TrickTimes } from "./study/tricks/records.js"; // prettier-ignore
export { differenceOf, verdictOfDifference, type Difference, type Resampled, type TrickVerdict } from "./study/tricks/difference.js"; // prettier-ignore
export { TRICKS_FORMAT, type TrickFigures, type TrickResults, type TrickRow } from "./study/tricks/results.js";
export { tricksMarkdown } from "./study/tricks/tricks-markdown.js";
export { tricksPictures } from "./study/tricks/tricks-picture.js";
export { SWEEP_CLAIMS, SWEEP_VARIANTS, type TableClaim } from "./sweep/claims.js";
export { FULL_SWEEP, gridOf, QUICK_SWEEP, type GridCell, type SweepSettings } from "./sweep/settings.js";
export { SWEEP_FORMAT, sweepOf, type CellRuns, type SweepCell, type SweepResults, type SweepStudy, type SweptClaim } from "./sweep/sweep.js"; // prettier-ignore
export { sweepMarkdown } from "./sweep/sweep-markdown.js";
export { sweepPicture } from "./sweep/sweep-picture.js";
export { RESULT_SCHEMAS } from "./page/result-schemas.js";
export { PART_NAMES, type PaperResults, type PartName } from "./page/parts.js";
export { networkEvaluationsOf } from "./page/evaluations.js";
export { engineOf, partFiles, partPictures } from "./page/part-files.js";
export { resultsMarkdown } from "./page/part-markdown.js";
export { resultsPage } from "./page/results-page.js";
