import type { WeatherPreset, WeatherTrainingConfig } from "./config.js";

/** Training of a head without codes that finer ones could correct. */
const UNCORRECTED = {
  steps: 6000,
  batchSize: 16,
  learningRate: 3e-3,
  weightDecay: 1e-4,
  inputNoise: 0.2,
  pushforward: 0,
} as const satisfies WeatherTrainingConfig;

/** The globe of the simulator, 64 x 32, steps of 12 hours. */
const SIM = {
  model: {
    anchor: { kind: "ridge", rows: 7, columns: 9 },
    truncation: 21,
    pyramid: { factors: [2, 2, 4], baseSide: 1, expansion: "bilinear" },
    head: { kind: "categorical", quantiser: { kind: "transform", step: 0.35 }, passes: 1 },
    network: {
      width: 128,
      heads: 4,
      encoderBlocks: 6,
      scaleBlocks: 2,
      windowColumns: 16,
      encoderSide: 4,
    },
  },
  training: {
    ...UNCORRECTED,
    corruption: 0.1,
  },
} as const satisfies WeatherPreset;

/** The same network with everything drawn at once, in blocks as large as those of the finest scale. */
const SINGLE_SCALE: WeatherPreset["model"] = {
  ...SIM.model,
  pyramid: { factors: [], baseSide: 4, expansion: "bilinear" },
};

/** Models by name. */
export const WEATHER_PRESETS = {
  sim: SIM,
  /** `sim` with other heads on the same network: what its head is to be held against. */
  "sim-single-scale": { model: SINGLE_SCALE, training: UNCORRECTED },
  // The stages of a token are drawn apart, though each corrects the one before: what coding by vectors costs here.
  "sim-vectors": {
    model: {
      ...SIM.model,
      head: { ...SIM.model.head, quantiser: { kind: "vector", vocabulary: 256, stages: [2, 3, 3, 6] } },
    },
    training: SIM.training,
  },
  "sim-gaussian": { model: { ...SIM.model, head: { kind: "gaussian", step: 0.35 } }, training: UNCORRECTED },
  "sim-diffusion": {
    // Noise levels and churn of GenCast (Price et al. 2024), whose sampler is another one of two evaluations a level.
    model: { ...SINGLE_SCALE, head: { kind: "diffusion", levels: 20, churn: { amount: 2.5, above: 0.75 } } },
    training: UNCORRECTED,
  },
  "sim-one-pass": { model: { ...SINGLE_SCALE, head: { kind: "one-pass", noise: 32 } }, training: UNCORRECTED },
  /** Western Europe, 24 x 20 points, steps of a day, learned from reanalysis. */
  eraint: {
    model: {
      anchor: { kind: "component-ridge" },
      // They hold 99.5 % of the variance of the training years; what is left is less than a tenth of a day's error.
      truncation: { components: 108 },
      pyramid: { factors: [2, 2], baseSide: 1, expansion: "bilinear" },
      head: { kind: "categorical", quantiser: { kind: "transform", step: 0.35 }, passes: ["nested", 1, 1] },
      network: { width: 64, heads: 4, encoderBlocks: 4, scaleBlocks: 2, windowColumns: 12, encoderSide: 2 },
    },
    training: {
      steps: 1000,
      batchSize: 16,
      learningRate: 3e-3,
      weightDecay: 1e-4,
      corruption: 0.1,
      inputNoise: 0.5,
      pushforward: 0,
    },
  },
  /** Learns next to nothing, in seconds, on any grid whose sides 4 divides: to try things out. */
  tiny: {
    model: {
      anchor: { kind: "ridge", rows: 3, columns: 3 },
      pyramid: { factors: [2, 2], baseSide: 1, expansion: "bilinear" },
      head: { kind: "categorical", quantiser: { kind: "transform", step: 0.5 }, passes: [1, 1, 2] },
      network: { width: 16, heads: 2, encoderBlocks: 1, scaleBlocks: 1, windowColumns: 4, encoderSide: 2 },
    },
    training: {
      steps: 12,
      batchSize: 4,
      learningRate: 3e-3,
      weightDecay: 1e-4,
      corruption: 0.1,
      inputNoise: 0.05,
      pushforward: 0,
    },
  },
} as const satisfies Record<string, WeatherPreset>;

/** Name of a preset. */
export type WeatherPresetName = keyof typeof WEATHER_PRESETS;

/** Runs of the simulator that the preset `sim` is trained on, calibrated on and tested on. */
export const SIMULATOR_SPLIT = {
  train: { seeds: [1, 2, 3, 4], years: 5 },
  validation: { seeds: [11], years: 1 },
  test: { seeds: [12], years: 1 },
} as const;
