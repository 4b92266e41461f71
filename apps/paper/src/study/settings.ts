import * as z from "zod";

const count = z.number().int().min(1);

/** What all runs of the section-6 study have in common: figures of other settings are not comparable. */
export const studySettingsSchema = z.strictObject({
  /** The first so many images of each part of MNIST. */
  trainingImages: count.max(60_000),
  testImages: count.max(10_000),
  /** The scale transformer of every cell. */
  backbone: z.strictObject({ width: count, depth: count, heads: count }),
  /** The same for every cell. */
  training: z.strictObject({
    steps: count,
    batchSize: count,
    learningRate: z.number().positive(),
    weightDecay: z.number().min(0),
    /** Share of the labels that are replaced by "no class". */
    classDropout: z.number().min(0).max(1),
  }),
  /** Training images on which codebooks and deviations are fitted. */
  fittingImages: count,
  /** Samples of which a distance is taken, and of samplers with more than 50 evaluations. */
  samples: count,
  fewSamples: count,
  /** Resamples of the bootstrap of a distance. */
  resamples: count.min(2),
});

/** Size of the study. */
export type StudySettings = Readonly<z.infer<typeof studySettingsSchema>>;

/** The study: an hour and a half of two cores for the matrix of one seed; most of it is training, in proportion to the images. */
export const FULL_STUDY: StudySettings = {
  trainingImages: 60_000,
  testImages: 10_000,
  backbone: { width: 96, depth: 4, heads: 4 },
  training: { steps: 1500, batchSize: 64, learningRate: 4e-3, weightDecay: 0.05, classDropout: 0.1 },
  fittingImages: 4_000,
  samples: 10_000,
  fewSamples: 2_000,
  resamples: 100,
};

/** A smoke run: every part of the program, and figures that say nothing. Most of its time goes into distances. */
export const QUICK_STUDY: StudySettings = {
  trainingImages: 500,
  testImages: 100,
  backbone: { width: 32, depth: 1, heads: 2 },
  training: { ...FULL_STUDY.training, steps: 6, batchSize: 16 },
  fittingImages: 200,
  samples: 100,
  fewSamples: 50,
  resamples: 2,
};

/** Evaluations above which fewer samples are drawn. */
export const MOST_EVALUATIONS = 50;

/** Constants of the study that no run changes. */
export const STUDY = {
  /** T: times of the noise schedule that denoising is trained at. */
  times: 1000,
  /** Grid sides of the five scales of either space, and of its finest scale alone. */
  sides: { pixels: [1, 2, 4, 7, 28], latents: [1, 2, 3, 4, 5] },
  /** The bundled image model whose tokeniser makes the latents. */
  tokeniser: "mnist",
} as const;
