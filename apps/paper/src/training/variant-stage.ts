import { f32 } from "@nextscale/engine";
import { initialiser, parameterNormals, type Stage } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { noisyBatches } from "../data/batches.js";
import type { DigitSet } from "../data/digits.js";
import type { NoiseSource } from "../data/noise.js";
import type { Method } from "../setup/method.js";
import { noiseOf, PAPER, totalSteps, type Settings } from "../settings.js";
import { initNetworks, networkTypes, type Networks } from "../variant/networks.js";
import { variantId, type Variant } from "../variant/variant.js";
import { epochFlag } from "./epochs.js";
import type { RunConfig } from "./run-config.js";
import { initialState, stateLayout, trainingProgram } from "./training-program.js";

/** Types of a noisy batch. */
export const batchTypes = {
  clean: f32(PAPER.batchSize, PAPER.pixels),
  noise: f32(PAPER.batchSize, PAPER.pixels),
};

/** A noisy batch inside a program. */
export type BatchTensors = { readonly clean: tf.Tensor; readonly noise: tf.Tensor };

/** The loss of a variant on a batch with the training noise. */
export function noisyLoss({
  method,
  settings,
}: Pick<VariantRun, "method" | "settings">): (networks: Networks, batch: BatchTensors) => tf.Tensor {
  const { sigma } = noiseOf(settings);
  return (networks, { clean, noise }) => {
    return method.loss(networks, { clean, noisy: tf.add(clean, tf.mul(noise, sigma)) });
  };
}

/** One step of a variant's training as a program. */
export function variantProgram(run: Pick<VariantRun, "variant" | "method" | "settings">) {
  return trainingProgram<Networks, BatchTensors>(
    { parameters: networkTypes(run.variant), batch: batchTypes },
    noisyLoss(run),
  );
}

/** Name of the run of a variant and seed, in files. */
export function runName(variant: Variant, seed: number): string {
  return `${variantId(variant)}-seed-${seed}`;
}

/** What a variant is trained on, and for how long. */
export interface VariantRun {
  readonly variant: Variant;
  readonly method: Method;
  readonly digits: DigitSet;
  readonly settings: Settings;
  readonly seed: number;
  /** Of the seed's trainings. */
  readonly noise: NoiseSource;
}

/** The training of a variant. Its images come in the same order, with the same noise, as those of the seed's other variants. */
export function variantStage(run: VariantRun): Stage<RunConfig> {
  const { variant, digits, settings, seed, noise } = run;
  const types = networkTypes(variant);
  const batchAt = noisyBatches(digits, seed, noise);
  return {
    name: runName(variant, seed),
    kind: "paper/training",
    steps: totalSteps(settings),
    program: () => variantProgram(run),
    layout: () => stateLayout(types),
    start: () => initialState(initNetworks(variant, initialiser(parameterNormals(seed))), types),
    constants: {},
    batches(step) {
      const batch = batchAt(step);
      return { "batch/clean": batch.clean, "batch/noise": batch.noise };
    },
    scalars: { sameEpoch: epochFlag(settings) },
  };
}
