export { FULL, PAPER, QUICK, stepsPerEpoch, type Settings } from "./settings.js";
export { RECIPES } from "./recipes/recipes.js";
export { TABLE_NAMES, type PaperRow, type Recipe, type TableName } from "./table/recipe.js";
export { METRICS, stepsTo, type Metric, type MetricName } from "./table/metrics.js";
export { RULE, verdictOf, type Claim, type FiguresOf, type Reading, type ReadingVerdict, type Verdict } from "./table/verdict.js"; // prettier-ignore
export { TABLE_FORMAT, tableOf, type Curve, type Row, type Table, type TableInputs } from "./table/table.js";
export type { FloorRecord, Observations, RunRecord, Study, TimingRecord } from "./table/records.js";
export { cellText, resultsPage, tableMarkdown } from "./table/markdown.js";
export { tablePicture } from "./table/picture.js";
export { FLOORS, type Floor, type FloorId } from "./floors/floors.js";
export { linearFilter, type LinearFilter } from "./floors/linear-filter.js";
export { variantId, variantLabel, type BandsVariant, type CodesVariant, type Variant } from "./variant/variant.js";
export { matchedWidth, networkShapes, parameterCount } from "./variant/networks.js";
