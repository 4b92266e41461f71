import { join } from "node:path";
import type { Engine, NamedArrays } from "@nextscale/engine";
import type * as z from "zod";
import type { CheckpointKind } from "../checkpoint/checkpoint.js";
import type { Stage } from "../training/stage.js";
import { train, type Observation, type TrainProgress } from "../training/train.js";
import { trainingCheckpoint } from "./training-checkpoint.js";

/** What all stages of a run share. */
export interface TrainingRun<Config> {
  readonly config: Config;
  /** Validates the configuration of a checkpoint, without transforms. */
  readonly schema: z.ZodType<Config>;
  readonly seed: number;
  readonly data: { readonly name: string; readonly sha256: string };
  /** Holds a folder for the checkpoint of each stage, under its name. */
  readonly folder: string;
  readonly engine: Engine;
  /** Goes on from the stages' checkpoints where there are any. */
  readonly resume: boolean;
  /** Steps between two reports. 20 unless told. */
  readonly logEvery?: number;
  /** Steps between two checkpoints. 200 unless told. */
  readonly checkpointEvery?: number;
  /** Looks at the state of its stages on the way. */
  readonly observe?: Observation;
  readonly signal?: AbortSignal;
  /** Called every few steps. */
  readonly onProgress?: (progress: StageProgress) => void;
}

/** How far a stage has come. */
export interface StageProgress extends TrainProgress {
  readonly stage: string;
}

/** How a stage ended. */
export interface StageResult {
  /** After its last step. */
  readonly state: NamedArrays;
  /** Steps that had been taken before this run: 0 unless it was resumed. */
  readonly stepsFound: number;
}

const LOG_EVERY = 20;
/** A checkpoint of a few megabytes takes tens of milliseconds; so many steps take most of a minute. */
const CHECKPOINT_EVERY = 200;

/**
 * Runs a stage to its end, from its checkpoint when the run is resumed.
 *
 * @throws NextscaleError as `train` and `trainingCheckpoint`
 */
export async function runStage<Config>(
  run: TrainingRun<Config>,
  stage: Stage<Config, NamedArrays | Promise<NamedArrays>>,
): Promise<StageResult> {
  const kind: CheckpointKind<Config> = { kind: stage.kind, config: run.schema, layout: stage.layout };
  const { config, seed, data, engine, observe, signal, onProgress } = run;
  const { name, steps, constants, batches, scalars } = stage;
  const identity = { config, seed, data, steps, engine: engine.name };
  const checkpoint = trainingCheckpoint(join(run.folder, name), kind, identity);
  const found = run.resume ? await checkpoint.resume() : undefined;
  const stepsFound = found?.stepsDone ?? 0;
  if (found?.stepsDone === steps) return { state: found.state, stepsFound };
  const state = found?.state ?? (await stage.start());
  const executable = await engine.compile(stage.program(), { state, constants });
  try {
    const result = await train({
      name,
      executable,
      layout: stage.layout(config),
      steps,
      stepsDone: stepsFound,
      batches,
      scalars,
      logEvery: run.logEvery ?? LOG_EVERY,
      checkpoint: { every: run.checkpointEvery ?? CHECKPOINT_EVERY, save: checkpoint.save },
      ...(observe === undefined ? {} : { observe }),
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress: (progress) => onProgress({ stage: name, ...progress }) }),
    });
    return { state: result.state, stepsFound };
  } finally {
    await executable.close();
  }
}
