import * as z from "zod";
import { cellSchema } from "../study/cell/cell.js";
import { codesSchema, floorsSchema, likelihoodSchema, sampleRecordSchema, studyIdentitySchema } from "../study/report/records.js"; // prettier-ignore
import { STUDY_FORMAT, type StudyResults } from "../study/report/results.js";
import { STUDY_GROUPS, STUDY_PARTS } from "../study/report/study-plan.js";
import { samplingSchema } from "../study/sampling/sampling.js";
import { trickIdentitySchema, trickRecordSchema } from "../study/tricks/records.js";
import { TRICKS_FORMAT, type TrickResults } from "../study/tricks/results.js";
import { TRICK_KINDS } from "../study/tricks/trick.js";
import { trickSettingsSchema } from "../study/tricks/settings.js";
import { SWEEP_FORMAT, type SweepResults } from "../sweep/sweep.js";
import { METRICS, type MetricName } from "../table/metrics.js";
import { TABLE_NAMES } from "../table/recipe.js";
import { studySchema } from "../table/records.js";
import { TABLE_FORMAT, type Table } from "../table/table.js";
import type { PaperResults } from "./parts.js";

/* Results as JSON: what is read is as complete as what was written. */

const count = z.number().int();
const seeds = z.array(count).min(1);
const metric = z.enum(Object.keys(METRICS) as MetricName[]);
const figures = z.array(z.number().nullable());

const reading = z.strictObject({
  name: z.string(),
  outcome: z.enum(["supported", "contradicted", "not shown", "undecided"]),
  difference: z.number().nullable(),
  half: z.number().nullable(),
});

const verdict = {
  outcome: z.enum(["supported", "not supported", "depends", "undecided"]),
  readings: z.array(reading),
};

const table: z.ZodType<Table> = z.strictObject({
  format: z.literal(TABLE_FORMAT),
  name: z.enum(TABLE_NAMES),
  title: z.string(),
  study: studySchema,
  isSmoke: z.boolean(),
  seeds,
  columns: z.array(z.strictObject({ metric, label: z.string(), digits: count })),
  rows: z.array(
    z.strictObject({
      label: z.string(),
      kind: z.enum(["trivial", "floor", "paper", "ours"]),
      cells: z.partialRecord(metric, z.union([z.string(), figures])),
      milliseconds: z.array(z.number()).exactOptional(),
    }),
  ),
  curves: z.array(z.strictObject({ label: z.string(), steps: z.array(count), errors: z.array(z.number()) })),
  notes: z.array(z.string()),
  verdicts: z.array(z.strictObject({ statement: z.string(), ...verdict })),
});

const gridCell = { trainingImages: count, sigma: z.number() };

const sweep: z.ZodType<SweepResults> = z.strictObject({
  format: z.literal(SWEEP_FORMAT),
  name: z.literal("sweep"),
  study: z.strictObject({
    settings: z.strictObject({
      trainingImages: z.array(count),
      sigmas: z.array(z.number()),
      ...{ testImages: count, epochs: count, stepsPerEpoch: count },
    }),
    data: z.string(),
    engine: z.string(),
  }),
  isSmoke: z.boolean(),
  seeds,
  cells: z.array(
    z.strictObject({
      ...gridCell,
      floors: z.array(
        z.strictObject({ label: z.string(), kind: z.enum(["trivial", "floor"]), errors: z.array(z.number()) }),
      ),
      variants: z.array(z.strictObject({ label: z.string(), figures: z.partialRecord(metric, figures) })),
    }),
  ),
  claims: z.array(
    z.strictObject({
      table: z.enum(TABLE_NAMES),
      statement: z.string(),
      cells: z.array(z.strictObject({ ...gridCell, ...verdict })),
    }),
  ),
});

const study: z.ZodType<StudyResults> = z.strictObject({
  format: z.literal(STUDY_FORMAT),
  name: z.enum(STUDY_PARTS),
  study: studyIdentitySchema,
  isSmoke: z.boolean(),
  steps: z.strictObject({ steps: z.array(count), most: count, beyond: z.array(count) }),
  seeds,
  floors: z.array(floorsSchema).min(1),
  cells: z.array(
    z.strictObject({
      id: z.string(),
      label: z.string(),
      group: z.enum(STUDY_GROUPS),
      cell: cellSchema,
      parameters: count,
      backboneParameters: count,
      likelihood: z.array(likelihoodSchema).min(1),
      codes: z.array(codesSchema),
      trainingOperations: z.number(),
      trainingSeconds: z.array(z.number()),
      samples: z.array(
        z.strictObject({
          id: z.string(),
          sampling: samplingSchema,
          seeds: z.array(sampleRecordSchema).min(1),
          secondsPerThousand: z.array(z.number()),
        }),
      ),
    }),
  ),
});

const trickFigures = {
  id: z.string(),
  label: z.string(),
  source: z.string(),
  change: z.string(),
  kind: z.enum(TRICK_KINDS),
  seeds: z.array(trickRecordSchema).min(1),
  secondsPerThousand: z.array(z.number()),
};
const difference = z.strictObject({ mean: z.number(), lower: z.number(), upper: z.number() });
const trickVerdict = z.enum(["helps", "harms", "no difference seen"]);

const tricks: z.ZodType<TrickResults> = z.strictObject({
  format: z.literal(TRICKS_FORMAT),
  name: z.literal("tricks"),
  identity: trickIdentitySchema,
  settings: trickSettingsSchema,
  isSmoke: z.boolean(),
  seeds,
  floors: z.array(floorsSchema).min(1),
  base: z.strictObject(trickFigures),
  tricks: z.array(
    z.strictObject({
      ...trickFigures,
      differences: z.strictObject({
        frechet: difference,
        classAgreement: difference,
        bitsPerDim: z.union([difference, z.strictObject({ mean: z.number() })]).exactOptional(),
      }),
      verdicts: z.strictObject({ frechet: trickVerdict, classAgreement: trickVerdict }),
    }),
  ),
});

/** What results are, by their format. */
export const RESULT_SCHEMAS: Readonly<Record<PaperResults["format"], z.ZodType<PaperResults>>> = {
  [TABLE_FORMAT]: table,
  [SWEEP_FORMAT]: sweep,
  [STUDY_FORMAT]: study,
  [TRICKS_FORMAT]: tricks,
};
