import * as z from "zod";
import { codesSchema, likelihoodSchema, sampleRecordSchema, studyIdentitySchema } from "../report/records.js";

/* What the comparison of tricks leaves behind, as JSON. Tables and pictures are made of these alone. */

const figure = z.number();

/** What all records have in common: figures of another comparison are not comparable. */
export const trickIdentitySchema = z.strictObject({
  study: studyIdentitySchema,
  validationImages: z.number().int(),
});

/** What all records have in common. */
export type TrickIdentity = z.infer<typeof trickIdentitySchema>;

/** What was chosen by validation images. */
export const choiceRecordSchema = z.strictObject({
  ...trickIdentitySchema.shape,
  name: z.string(),
  /** Most often one for each scale, coarsest first. */
  values: z.array(figure),
  /** All that was tried, with the Fréchet distance of its samples to validation images. */
  tried: z.array(z.strictObject({ name: z.string(), distance: figure })),
});

/** What was chosen by validation images. */
export type ChoiceRecord = z.infer<typeof choiceRecordSchema>;

/** A trick and seed. */
export const trickRecordSchema = z.strictObject({
  ...trickIdentitySchema.shape,
  trick: z.string(),
  seed: z.number().int(),
  parameters: z.number().int(),
  /** Floating-point operations of its own training: 0 where there is none besides the base model's. */
  trainingOperations: figure,
  /** Of a trick that leaves something to be chosen. */
  choice: choiceRecordSchema.omit({ study: true, validationImages: true }).optional(),
  /** Of a trick whose samples have a likelihood. */
  likelihood: likelihoodSchema.optional(),
  codes: codesSchema.optional(),
  sample: z.strictObject({
    ...sampleRecordSchema.shape,
    /** Resamples: the n-th has the same places in all sets of samples. */
    resampled: z.strictObject({ frechet: z.array(figure), classAgreement: z.array(figure) }),
  }),
});

/** A trick and seed. */
export type TrickRecord = z.infer<typeof trickRecordSchema>;

/** Wall time, which no two runs have the same. */
export const trickTimesSchema = z.strictObject({
  ...trickIdentitySchema.shape,
  secondsPerThousand: figure,
});

/** Wall time of a trick's samples. */
export type TrickTimes = z.infer<typeof trickTimesSchema>;
