import * as z from "zod";

/** The first so many images of each part of MNIST, and the length of trainings. */
const common = {
  trainingImages: z.number().int().min(256).max(60_000),
  testImages: z.number().int().min(1).max(10_000),
  /** Of every predictor, and of the autoencoder before it, whose number the paper leaves open. */
  epochs: z.number().int().min(1).max(10_000),
};

/** Schema of the size of a table's study. */
export const tableSettingsSchema = z.strictObject(common);

/** Schema of the size and noise of one cell of a sweep. */
export const cellSettingsSchema = z.strictObject({
  ...common,
  /** An epoch is so many steps, however many images there are: all cells of a sweep train for the same number. */
  stepsPerEpoch: z.number().int().min(1),
  /** Of the noise in training and test. */
  sigma: z.number().positive(),
});

/** What all runs of a study have in common: figures of other settings are not comparable. */
export const settingsSchema = z.union([tableSettingsSchema, cellSettingsSchema]);

/** Size of a table's study; its noise is the paper's. */
export type TableSettings = Readonly<z.infer<typeof tableSettingsSchema>>;

/** Size and noise of one cell of a sweep. */
export type CellSettings = Readonly<z.infer<typeof cellSettingsSchema>>;

/** Size of a study. */
export type Settings = TableSettings | CellSettings;

/** Section 4 as printed. */
export const FULL: TableSettings = { trainingImages: 60_000, testImages: 10_000, epochs: 30 };

/** A smoke run: every part of the program, and figures that say nothing. */
export const QUICK: TableSettings = { trainingImages: 2_048, testImages: 500, epochs: 2 };

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

/** Steps of one epoch; of a table's as many as there are whole batches: images left over wait for another epoch's order. */
export function stepsPerEpoch(settings: Settings): number {
  return "stepsPerEpoch" in settings ? settings.stepsPerEpoch : Math.floor(settings.trainingImages / PAPER.batchSize);
}

/** Steps of a training. */
export function totalSteps(settings: Settings): number {
  return settings.epochs * stepsPerEpoch(settings);
}

/** Deviations of the noise: in training and test, and after the shift, which is by the same factor in all studies. */
export function noiseOf(settings: Settings): { readonly sigma: number; readonly shiftedSigma: number } {
  const { sigma, shiftedSigma } = PAPER;
  return "sigma" in settings
    ? { sigma: settings.sigma, shiftedSigma: (settings.sigma * shiftedSigma) / sigma }
    : { sigma, shiftedSigma };
}
