import { join } from "node:path";
import type { Engine, NamedArrays } from "@nextscale/engine";
import { train, type CheckpointKind, type TrainProgress } from "@nextscale/refinement-core";
import { trainingCheckpoint } from "@nextscale/refinement-core/node";
import { runConfigSchema, type RunConfig, type Stage } from "../training/stage.js";

/** What all stages of a run share. */
export interface TrainingRun {
  readonly config: RunConfig;
  readonly seed: number;
  readonly data: { readonly name: string; readonly sha256: string };
  /** Holds a folder for the checkpoint of each stage. */
  readonly folder: string;
  readonly engine: Engine;
  readonly resume: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: StageProgress) => void;
}

/** How far a stage has come. */
export interface StageProgress extends TrainProgress {
  readonly stage: string;
}

/** Steps between two reports. */
const LOG_EVERY = 20;
/** A checkpoint of a few megabytes takes tens of milliseconds; so many steps take most of a minute. */
const CHECKPOINT_EVERY = 200;

/**
 * Runs a stage to its end, from its checkpoint when the run is resumed, and returns its final state.
 *
 * @throws NextscaleError as `train` and `trainingCheckpoint`
 */
export async function runStage(run: TrainingRun, stage: Stage): Promise<NamedArrays> {
  const kind: CheckpointKind<RunConfig> = {
    kind: `images/training/${stage.name}`,
    config: runConfigSchema,
    layout: ({ model }) => stage.layout(model),
  };
  const { config, seed, data, engine, signal, onProgress } = run;
  const { name, steps, constants, batches, scalars } = stage;
  const checkpoint = trainingCheckpoint(join(run.folder, name), kind, { config, seed, data, steps });
  const found = run.resume ? await checkpoint.resume() : undefined;
  if (found?.stepsDone === steps) return found.state;
  const state = found?.state ?? (await stage.start());
  const executable = await engine.compile(stage.program(), { state, constants });
  try {
    const result = await train({
      executable,
      layout: stage.layout(config.model),
      steps,
      stepsDone: found?.stepsDone ?? 0,
      batches,
      scalars,
      logEvery: LOG_EVERY,
      checkpoint: { every: CHECKPOINT_EVERY, save: checkpoint.save },
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress: (progress) => onProgress({ stage: name, ...progress }) }),
    });
    return result.state;
  } finally {
    await executable.close();
  }
}
