import * as z from "zod";
import { cellSchema } from "../cell/cell.js";
import { studySettingsSchema } from "../settings.js";

/* What runs of the study leave behind, as JSON. Tables and plots are made of these alone. */

const figure = z.number();

/** What all records of a study have in common: figures of another are not comparable. */
export const studyIdentitySchema = z.strictObject({
  settings: studySettingsSchema,
  /** SHA-256 of the training set. */
  data: z.string(),
  engine: z.string(),
  /** Hashes of the image model whose tokeniser is used, and of the feature network. */
  tokeniser: z.string(),
  features: z.string(),
});

/** What all records of a study have in common. */
export type StudyIdentity = Readonly<z.infer<typeof studyIdentitySchema>>;

/** A set of images against the test images. */
export const distanceSchema = z.strictObject({
  count: z.number().int(),
  frechet: figure,
  standardError: figure,
  classAgreement: figure,
});

/** Samples of a cell. */
export const sampleRecordSchema = z.strictObject({
  ...distanceSchema.shape,
  /** Evaluations of the network, and floating-point operations, for one sample. */
  evaluations: z.number().int(),
  operations: figure,
});

/** Samples of a cell. */
export type SampleRecord = z.infer<typeof sampleRecordSchema>;

/** What test images cost under a cell: an upper bound of -log2 p(image) / 784, class and pixels included. */
export const likelihoodSchema = z.strictObject({
  bitsPerDim: figure,
  /** Nats of an image: of its class, of what the network predicts, of its pixels given that. */
  labelNats: figure,
  modelNats: figure,
  pixelNats: figure,
  /** Test images it is a mean over. */
  images: z.number().int(),
});

/** What test images cost under a cell. */
export type CellLikelihood = z.infer<typeof likelihoodSchema>;

/** Of a cell of codes alone. */
export const codesSchema = z.strictObject({
  /** Test images as their codes decode: the floor of whatever is sampled as codes. */
  oracle: distanceSchema,
  meanSquaredError: figure,
  /** Codes of an image, and the bits that they could hold. */
  codes: z.number().int(),
  bits: figure,
  /** Expected calibration error of the code probabilities of each scale, coarsest first, and over all codes. */
  calibration: z.array(figure),
  calibrationOfAll: figure,
});

/** What a training of a cell ended with. */
export const cellRecordSchema = z.strictObject({
  study: studyIdentitySchema,
  cell: cellSchema,
  seed: z.number().int(),
  parameters: z.number().int(),
  backboneParameters: z.number().int(),
  likelihood: likelihoodSchema,
  codes: codesSchema.optional(),
  /** By the name of the way to sample. */
  samples: z.record(z.string(), sampleRecordSchema),
});

/** What a training of a cell ended with. */
export type CellRecord = z.infer<typeof cellRecordSchema>;

/** Sets of images without a model. */
export const floorsSchema = z.strictObject({
  study: studyIdentitySchema,
  seed: z.number().int(),
  /** Training images in the place of samples, by their number. */
  training: z.record(z.string(), distanceSchema),
  /** Test images as their latents decode, before any is quantised. */
  latents: distanceSchema,
  /** Samples of the normal distribution of the training images' pixels. */
  normal: distanceSchema,
  /** Bits per dimension of a histogram of all pixels, and of a histogram for each. */
  histogramBits: figure,
  pixelHistogramBits: figure,
});

/** Sets of images without a model. */
export type StudyFloors = z.infer<typeof floorsSchema>;

/** Wall time, which no two runs have the same; of samples by the name of the way to sample. */
export const cellTimesSchema = z.strictObject({
  study: studyIdentitySchema,
  /** Of the whole training, by the steps of it that one run took. */
  trainingSeconds: figure.optional(),
  secondsPerThousand: z.record(z.string(), figure),
});

/** Wall time of samplings that were timed in turn. */
export const samplingTimesSchema = z.strictObject({
  study: studyIdentitySchema,
  /** By cell and way to sample, one for each round. */
  secondsPerThousand: z.record(z.string(), z.record(z.string(), z.array(figure))),
});

/** Wall time of samplings that were timed in turn. */
export type SamplingTimes = z.infer<typeof samplingTimesSchema>;

/** Wall time of a cell's training and samples. */
export type CellTimes = z.infer<typeof cellTimesSchema>;
