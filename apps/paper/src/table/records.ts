import * as z from "zod";
import { FLOOR_IDS } from "../floors/floors.js";
import { settingsSchema } from "../settings.js";
import { variantSchema } from "../variant/variant.js";

/* What runs leave behind, as JSON. A table is made of these alone. */

const scores = z.strictObject({
  meanSquaredError: z.number(),
  psnrOfMeanError: z.number(),
  meanPsnr: z.number(),
  bandPsnr: z.number(),
});

/** Scores at the noise of the training and after the shift. */
const bothScores = { atSigma: scores, atShiftedSigma: scores };

/** What all records of a study have in common. */
export const studySchema = z.strictObject({
  settings: settingsSchema,
  /** SHA-256 of the training set. */
  data: z.string(),
  engine: z.string(),
});

/** What all records of a study have in common: figures of another are not comparable. */
export type Study = Readonly<z.infer<typeof studySchema>>;

/** What is seen of a training on its way. */
export const observationsSchema = z.strictObject({
  /** Test error after so many steps. */
  curve: z.array(z.strictObject({ step: z.number().int(), meanSquaredError: z.number() })),
  /** tr(Σ)/|g|² after so many steps. */
  gradientNoise: z.array(z.strictObject({ step: z.number().int(), value: z.number() })),
});

/** What is seen of a training on its way. */
export type Observations = z.infer<typeof observationsSchema>;

/** What a training of a variant ended with. */
export const runRecordSchema = z.strictObject({
  study: studySchema,
  variant: variantSchema,
  seed: z.number().int(),
  parameters: z.number().int(),
  ...bothScores,
  ...observationsSchema.shape,
  /** Norms of the mini-batch gradients of the last epoch. */
  gradientNorm: z.strictObject({ mean: z.number(), variance: z.number() }),
});

/** What a training of a variant ended with. */
export type RunRecord = z.infer<typeof runRecordSchema>;

/** Scores of floors of one seed: those that a table has asked for so far. */
export const floorRecordSchema = z.strictObject({
  study: studySchema,
  seed: z.number().int(),
  floors: z.partialRecord(z.enum(FLOOR_IDS), z.strictObject(bothScores)),
});

/** Scores of floors of one seed: those that a table has asked for so far. */
export type FloorRecord = z.infer<typeof floorRecordSchema>;

/** Milliseconds of a training step by variant, one for each round through all of them, all measured in one run. */
export const timingRecordSchema = z.strictObject({
  study: studySchema,
  millisecondsPerStep: z.record(z.string(), z.array(z.number())),
});

/** Milliseconds of a training step by variant, all measured in one run. */
export type TimingRecord = z.infer<typeof timingRecordSchema>;
