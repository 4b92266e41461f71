import * as z from "zod";

/** What all runs of a study have in common: figures of other settings are not comparable. */
export const settingsSchema = z.strictObject({
  /** The first so many images of each part of MNIST. */
  trainingImages: z.number().int().min(256).max(60_000),
  testImages: z.number().int().min(1).max(10_000),
  /** Of every predictor, and of the autoencoder before it, whose number the paper leaves open. */
  epochs: z.number().int().min(1).max(10_000),
});

/** Size of a study. */
export type Settings = Readonly<z.infer<typeof settingsSchema>>;

/** Section 4 as printed. */
export const FULL: Settings = { trainingImages: 60_000, testImages: 10_000, epochs: 30 };

/** A smoke run: every part of the program, and figures that say nothing. */
export const QUICK: Settings = { trainingImages: 2_048, testImages: 500, epochs: 2 };

/** Constants of section 4, "Common setup". */
export const PAPER = {
  /** Of an image. */
  side: 28,
  pixels: 28 * 28,
  /** Of the noise, in training and test, and after the shift. */
  sigma: 0.2,
  shiftedSigma: 0.3,
  /** Of every predictor. */
  width: 512,
  learningRate: 1e-3,
  weightDecay: 1e-4,
  batchSize: 256,
  /** d, of the autoencoder. */
  latent: 64,
  /** k, of the codebook. */
  vocabulary: 64,
} as const;

/** Steps of one epoch; images left over wait for another epoch's order. */
export function stepsPerEpoch({ trainingImages }: Settings): number {
  return Math.floor(trainingImages / PAPER.batchSize);
}
