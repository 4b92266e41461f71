export { FULL, PAPER, QUICK, stepsPerEpoch, type Settings } from "./settings.js";
export { RECIPES } from "./recipes/recipes.js";
export { TABLE_NAMES, type PaperRow, type Recipe, type TableName } from "./table/recipe.js";
export { METRICS, stepsTo, type Metric, type MetricName } from "./table/metrics.js";
export { RULE, verdictOf, type Claim, type FiguresOf, type Reading, type ReadingVerdict, type Verdict } from "./table/verdict.js"; // prettier-ignore
export { TABLE_FORMAT, tableOf, type Curve, type Row, type Table, type TableInputs } from "./table/table.js";
export type { FloorRecord, Observations, RunRecord, Study, TimingRecord } from "./table/records.js";
export { cellText, tableMarkdown } from "./table/markdown.js";
export { tablePicture } from "./table/picture.js";
export { FLOORS, type Floor, type FloorId } from "./floors/floors.js";
export { linearFilter, type LinearFilter } from "./floors/linear-filter.js";
export { variantId, variantLabel, type BandsVariant, type CodesVariant, type Variant } from "./variant/variant.js";
export { matchedWidth, networkShapes, parameterCount } from "./variant/networks.js";
export { FULL_STUDY, QUICK_STUDY, STUDY, type StudySettings } from "./study/settings.js";
export { cellId, cellLabel, type Cell, type CategoricalCell, type EpsilonCell, type GaussianCell, type SpaceName } from "./study/cell/cell.js"; // prettier-ignore
export { ABLATIONS, FEWER_SCALES, MATRIX_CELLS } from "./study/cell/cells.js";
export type { CellLikelihood, CellRecord, CellTimes, SampleRecord, StudyFloors, StudyIdentity } from "./study/report/records.js"; // prettier-ignore
export { STUDY_PARTS, studyPlan, FULL_STEPS, QUICK_STEPS, type PlannedCell, type PlanSteps, type StudyPart } from "./study/report/study-plan.js"; // prettier-ignore
export { STUDY_FORMAT, type CellResults, type SampleResults, type StudyResults } from "./study/report/results.js";
export { costAt, frontierOf, type CostAt, type FrontierPoint } from "./study/report/frontier.js";
export { headlines, type CostedPoint, type Headline } from "./study/report/headline.js";
export { studyMarkdown } from "./study/report/study-markdown.js";
export { studyPicture, type CostAxis } from "./study/report/study-picture.js";
export { samplingId, samplingLabel, type PlannedSampling, type Sampling } from "./study/sampling/sampling.js";
export { FULL_TRICKS, QUICK_TRICKS, type TrickSettings } from "./study/tricks/settings.js";
export { TRICK_NAMES } from "./study/tricks/tricks.js";
export type { TrickKind, TrickName } from "./study/tricks/trick.js";
export type { ChoiceRecord, TrickIdentity, TrickRecord, TrickTimes } from "./study/tricks/records.js";
export { differenceOf, verdictOfDifference, type Difference, type Resampled, type TrickVerdict } from "./study/tricks/difference.js"; // prettier-ignore
export { TRICKS_FORMAT, type TrickFigures, type TrickResults, type TrickRow } from "./study/tricks/results.js";
export { tricksMarkdown } from "./study/tricks/tricks-markdown.js";
export { tricksPictures } from "./study/tricks/tricks-picture.js";
export { PART_NAMES, RESULT_FORMATS, type PaperResults, type PartName } from "./page/parts.js";
export { resultsMarkdown, resultsPage } from "./page/results-page.js";
