import { FLOORS } from "../floors/floors.js";
import { variantId, variantLabel, type Variant } from "../variant/variant.js";
import { METRICS, spacingWith, type MetricName } from "./metrics.js";
import type { FloorRecord, RunRecord, Study, TimingRecord } from "./records.js";
import type { Recipe, TableName } from "./recipe.js";
import { verdictOf, type FiguresOf, type Verdict } from "./verdict.js";

/** Format of a table's JSON. */
export const TABLE_FORMAT = "nextscale-paper-table-1";

/** A table with all that it was made of. */
export interface Table {
  readonly format: typeof TABLE_FORMAT;
  readonly name: TableName;
  readonly title: string;
  readonly study: Study;
  /** A smoke run, of other settings than the paper's: its figures say nothing. */
  readonly isSmoke: boolean;
  readonly seeds: readonly number[];
  readonly columns: readonly { readonly metric: MetricName; readonly label: string; readonly digits: number }[];
  readonly rows: readonly Row[];
  readonly curves: readonly Curve[];
  readonly notes: readonly string[];
  readonly verdicts: readonly Verdict[];
}

/** A row of a table. */
export interface Row {
  readonly label: string;
  readonly kind: "trivial" | "floor" | "paper" | "ours";
  /** By metric: a text as it was printed, or a figure for each seed, null where a target was not reached. Times have one for each round. */
  readonly cells: Readonly<Partial<Record<MetricName, string | readonly (number | null)[]>>>;
  /** Of a training step, one for each round in which steps were timed; the relative times among the cells are of the same rounds. */
  readonly milliseconds?: readonly number[];
}

/** Test error against steps, a mean over seeds. */
export interface Curve {
  readonly label: string;
  readonly steps: readonly number[];
  readonly errors: readonly number[];
}

/** What a table is made of. */
export interface TableInputs {
  readonly study: Study;
  readonly isSmoke: boolean;
  readonly seeds: readonly number[];
  /** Of all variants and seeds of the recipe. */
  readonly runs: readonly RunRecord[];
  /** Of all seeds, with all floors of the recipe. */
  readonly floors: readonly FloorRecord[];
  /** Of a recipe that shows times. */
  readonly timing?: TimingRecord;
}

/** Makes a table of what runs left behind. */
export function tableOf(recipe: Recipe, inputs: TableInputs): Table {
  const { study, isSmoke, seeds, runs } = inputs;
  const runsOf = (id: string) => runs.filter(({ variant }) => variantId(variant) === id);
  const figures = (id: string, metric: MetricName) => runsOf(id).map((run) => METRICS[metric].of(run));
  const table = {
    format: TABLE_FORMAT,
    name: recipe.name,
    title: recipe.title,
    study,
    isSmoke,
    seeds,
    columns: recipe.columns.map((metric) => ({ metric, label: METRICS[metric].label, digits: METRICS[metric].digits })),
    rows: [
      ...floorRows(recipe, inputs),
      ...recipe.paper.map(({ label, cells }): Row => ({ label, kind: "paper", cells })),
      ...recipe.variants.map((variant): Row => ({
        label: variantLabel(variant),
        kind: "ours",
        cells: Object.fromEntries(
          recipe.columns.map((metric) => {
            return [
              metric,
              metric === "time" ? relativeTime(recipe, variant, inputs) : figures(variantId(variant), metric),
            ];
          }),
        ),
        ...timesOf(variant, inputs),
      })),
    ],
    curves: recipe.variants.map((variant) => meanCurve(variantLabel(variant), runsOf(variantId(variant)))),
    notes: recipe.notes,
  } as const;
  return { ...table, verdicts: verdictsOf(recipe, table) };
}

/** What the rows of a table say to each statement: a table that was kept is judged by the rule as it is now. */
export function verdictsOf(
  { claims, variants }: Recipe,
  { rows, study }: Pick<Table, "rows" | "study">,
): readonly Verdict[] {
  const labels = new Map(variants.map((variant) => [variantId(variant), variantLabel(variant)]));
  const figures: FiguresOf = (id, metric) => {
    const row = rows.find(({ label, kind }) => kind === "ours" && label === labels.get(id))!;
    return row.cells[metric] as readonly (number | null)[];
  };
  return claims.map((claim) => verdictOf(claim, figures, spacingWith(study.settings)));
}

/** The columns that a predictor without training has. */
const FLOOR_COLUMNS: readonly MetricName[] = ["error", "shiftedError", "psnrOfMeanError", "meanPsnr", "bandPsnr"];

function floorRows({ floors: ids, columns }: Recipe, { floors, study }: TableInputs): Row[] {
  return ids.map((id) => {
    const { label, kind } = FLOORS[id];
    const shown = columns.filter((metric) => FLOOR_COLUMNS.includes(metric));
    const scores = floors.flatMap((record) => record.floors[id] ?? []);
    const cells = shown.map((metric) => {
      // Measures of scores alone: a floor has them as a run has.
      return [metric, scores.map((found) => METRICS[metric].of({ ...NO_TRAINING, study, ...found }))] as const;
    });
    return { label, kind, cells: Object.fromEntries(cells) };
  });
}

const NO_TRAINING = {
  variant: { kind: "pixels", hiddenLayers: 1 },
  seed: 0,
  parameters: 0,
  curve: [],
  gradientNoise: [],
  gradientNorm: { mean: 0, variance: 0 },
} satisfies Partial<RunRecord>;

function relativeTime({ timedAgainst }: Recipe, variant: Variant, { timing }: TableInputs): readonly (number | null)[] {
  const time = (one: Variant) => timing?.millisecondsPerStep[variantId(one)];
  const [own, against] = [time(variant), timedAgainst && time(timedAgainst)];
  return own === undefined || against === undefined
    ? []
    : own.map((milliseconds, round) => milliseconds / against[round]!);
}

function timesOf(variant: Variant, { timing }: TableInputs): Pick<Row, "milliseconds"> {
  const milliseconds = timing?.millisecondsPerStep[variantId(variant)];
  return milliseconds === undefined ? {} : { milliseconds };
}

function meanCurve(label: string, runs: readonly RunRecord[]): Curve {
  const [first] = runs;
  const points = first?.curve ?? [];
  return {
    label,
    steps: points.map(({ step }) => step),
    errors: points.map((_, i) => runs.reduce((sum, { curve }) => sum + curve[i]!.meanSquaredError, 0) / runs.length),
  };
}
