import type { StageProgress } from "@nextscale/refinement-core/node";
import { totalSteps } from "../settings.js";
import type { Variant } from "../variant/variant.js";
import { inTurn } from "./in-turn.js";
import type { Laboratory } from "./laboratory.js";
import type { RunOptions } from "./run-options.js";
import { findRun } from "./run-variant.js";

/** Counts the steps of all trainings together, so that what is left is known from the beginning. */
export interface StepProgress {
  /** Takes in what is to be trained in a laboratory and is not there yet. */
  readonly expect: (lab: Laboratory, variants: readonly Variant[], seeds: readonly number[]) => Promise<void>;
  /** @param steps of the whole training @param place what tells this training from others of its name */
  readonly update: (event: StageProgress, steps: number, place?: string) => void;
}

/** Progress of trainings, nothing of which is expected yet. */
export function stepProgress(onProgress: RunOptions["onProgress"]): StepProgress {
  let [total, before] = [0, 0];
  let current: { readonly run: string; readonly steps: number } | undefined;
  return {
    async expect(lab, variants, seeds) {
      const found = await inTurn(seeds, (seed) => inTurn(variants, (variant) => findRun(lab, variant, seed)));
      total += totalSteps(lab.study.settings) * found.flat().filter((record) => record === undefined).length;
    },
    update({ stage, stepsDone, losses }, steps, place) {
      const run = place === undefined ? stage : `${place}, ${stage}`;
      // The autoencoder's come on top: whether it is to be learned is not known before it is asked for.
      if (current?.run !== run) {
        if (stage.startsWith("autoencoder")) total += steps;
        before += current?.steps ?? 0;
        current = { run, steps };
      }
      onProgress?.({ run, done: before + stepsDone, total, unit: "steps", loss: losses["loss"]! });
    },
  };
}
