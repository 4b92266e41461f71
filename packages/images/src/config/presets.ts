import type { ImageModelConfig, ImageTrainingConfig } from "./config.js";

/** A model and how to train it on any data set of its size. */
export interface ImagePreset {
  readonly model: Pick<ImageModelConfig, "tokeniser" | "refiner">;
  readonly training: ImageTrainingConfig;
}

const DIGITS: ImagePreset = {
  model: {
    tokeniser: { widths: [32, 64, 96], latentChannels: 24, scales: [1, 2, 3, 4, 5], vocabulary: 256 },
    refiner: { width: 128, depth: 4, heads: 4, context: "prefix" },
  },
  training: {
    tokeniser: {
      steps: 600,
      batchSize: 128,
      shift: 1,
      learningRate: 2e-3,
      warmUpSteps: 120,
      truncation: 0.25,
      perturbation: 0.4,
      reconstruction: 20,
    },
    decoder: { steps: 160, batchSize: 128, learningRate: 1e-3 },
    refiner: {
      steps: 3400,
      batchSize: 128,
      learningRate: 4e-3,
      weightDecay: 0.05,
      classDropout: 0.1,
      corruption: 0.1,
    },
  },
};

/** Presets by name. `tiny` learns next to nothing, in seconds: for trying the commands out. */
export const IMAGE_PRESETS = {
  mnist: DIGITS,
  tiny: {
    model: {
      tokeniser: { widths: [8, 16, 16], latentChannels: 8, scales: [1, 2, 5], vocabulary: 16 },
      refiner: { width: 32, depth: 2, heads: 2, context: "prefix" },
    },
    training: {
      tokeniser: { ...DIGITS.training.tokeniser, steps: 30, batchSize: 16, warmUpSteps: 10 },
      decoder: { ...DIGITS.training.decoder, steps: 10, batchSize: 16 },
      refiner: { ...DIGITS.training.refiner, steps: 30, batchSize: 16 },
    },
  },
} as const satisfies Readonly<Record<string, ImagePreset>>;

/** Name of a preset. */
export type ImagePresetName = keyof typeof IMAGE_PRESETS;
