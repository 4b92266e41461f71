import { join } from "node:path";
import type { Engine, NamedArrays, Program } from "@nextscale/engine";
import { train, type CheckpointKind, type Schedule, type TensorLayout } from "@nextscale/refinement-core";
import { trainingCheckpoint } from "@nextscale/refinement-core/node";
import * as z from "zod";
import { imageModelConfigSchema, imageTrainingSchema } from "../model/config.js";

/** What makes a run the same run when it is resumed. */
const runConfigSchema = z.strictObject({ model: imageModelConfigSchema, training: imageTrainingSchema });

/** The configuration of a training run. */
export type RunConfig = Readonly<z.infer<typeof runConfigSchema>>;

/** What all stages of a run share. */
export interface TrainingRun {
  readonly config: RunConfig;
  readonly seed: number;
  readonly data: { readonly name: string; readonly sha256: string };
  readonly folder: string;
  readonly engine: Engine;
  readonly resume: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: StageProgress) => void;
}

/** How far a stage has come. */
export interface StageProgress {
  readonly stage: string;
  readonly stepsDone: number;
  readonly steps: number;
  readonly losses: Readonly<Record<string, number>>;
  readonly stepsPerSecond: number;
  readonly remainingMs: number;
}

/** One stage of training: a program whose state starts somewhere and is run for some steps. */
export interface Stage {
  readonly name: string;
  readonly steps: number;
  readonly program: () => Program;
  /** Types of the state. */
  readonly layout: TensorLayout;
  /** State before the first step; not asked for when the stage is resumed. */
  readonly start: () => NamedArrays | Promise<NamedArrays>;
  readonly constants?: NamedArrays;
  readonly batches: (step: number) => NamedArrays;
  readonly scalars: Readonly<Record<string, Schedule>>;
}

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
    layout: () => stage.layout,
  };
  const { config, seed, data, engine, signal, onProgress } = run;
  const checkpoint = trainingCheckpoint(join(`${run.folder}.training`, stage.name), kind, {
    config,
    seed,
    data,
    steps: stage.steps,
  });
  const found = run.resume ? await checkpoint.resume() : undefined;
  if (found?.stepsDone === stage.steps) return found.state;
  const state = found?.state ?? (await stage.start());
  const executable = await engine.compile(stage.program(), {
    state,
    ...(stage.constants === undefined ? {} : { constants: stage.constants }),
  });
  try {
    const result = await train({
      executable,
      layout: stage.layout,
      steps: stage.steps,
      stepsDone: found?.stepsDone ?? 0,
      batches: stage.batches,
      scalars: stage.scalars,
      logEvery: LOG_EVERY,
      checkpoint: { every: CHECKPOINT_EVERY, save: (stepsDone, saved) => checkpoint.save(stepsDone, saved) },
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress: (progress) => onProgress({ stage: stage.name, ...progress }) }),
    });
    return result.state;
  } finally {
    await executable.close();
  }
}
