import { NextscaleError, type NamedArrays } from "@nextscale/engine";
import type { CheckpointKind } from "../checkpoint/checkpoint.js";
import { requireSameRun, type RunIdentity } from "../checkpoint/model-description.js";
import { findCheckpoint, writeCheckpoint } from "./checkpoint-folder.js";

/** The checkpoint of one training run: what `train` saves to and resumes from. */
export interface TrainingCheckpoint {
  /**
   * Where to go on; `undefined` when nothing has been saved yet.
   *
   * @throws NextscaleError as `readCheckpoint`, and `invalid-data` when the folder holds a checkpoint of another run
   */
  resume(): Promise<{ readonly stepsDone: number; readonly state: NamedArrays } | undefined>;
  /**
   * Replaces what was saved before, atomically.
   *
   * @throws NextscaleError `unwritable`, `invalid-data`
   */
  save(stepsDone: number, state: NamedArrays): Promise<void>;
}

/**
 * A folder that holds the last saved state of one run: parameters, optimiser, quantiser, whatever the kind's layout names.
 *
 * @param run what must be equal for a resumed run to be the same run
 */
export function trainingCheckpoint<Config>(
  folder: string,
  kind: CheckpointKind<Config>,
  run: RunIdentity & { readonly config: Config },
): TrainingCheckpoint {
  const { config, seed, data, steps, engine } = run;
  return {
    async resume() {
      const found = await findCheckpoint(folder, kind);
      if (found === undefined) return undefined;
      const { training, ...description } = found.description;
      if (training === undefined) {
        throw new NextscaleError({
          code: "invalid-data",
          where: folder,
          expected: "the checkpoint of a training",
          got: "a finished model without training state",
          fix: "train into another folder",
        });
      }
      const { seed: foundSeed, data: foundData } = description;
      const identity = { config: found.config, seed: foundSeed, data: foundData, ...training };
      requireSameRun(folder, identity, run);
      return { stepsDone: training.stepsDone, state: found.tensors };
    },
    save: (stepsDone, state) =>
      writeCheckpoint(folder, kind, {
        config,
        seed,
        data,
        training: { stepsDone, steps, ...(engine === undefined ? {} : { engine }) },
        metrics: {},
        tensors: state,
      }),
  };
}
