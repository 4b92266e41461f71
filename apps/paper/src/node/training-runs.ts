import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "@nextscale/engine";
import type { StageProgress, TrainingRun } from "@nextscale/refinement-core/node";
import type * as z from "zod";

/** What trainings need wherever they are run. */
export interface TrainingOptions {
  readonly engine: Engine;
  /** The records and checkpoints are in its folder `runs`. */
  readonly folder: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: StageProgress) => void;
  /** Steps between two checkpoints. */
  readonly checkpointEvery?: number;
  /** Steps between two calls of `onProgress`; 20 unless told. */
  readonly logEvery?: number;
}

/** Trainings on MNIST in a folder. */
export interface TrainingRuns {
  /** Folder of records and checkpoints. */
  readonly folder: string;
  /** What a stage is run with, from its checkpoint if there is one. */
  readonly training: <Config>(config: Config, schema: z.ZodType<Config>, seed: number) => TrainingRun<Config>;
}

/**
 * Makes the folder of trainings.
 *
 * @param sha256 of MNIST @param every steps between two checkpoints unless told
 */
export async function openTrainingRuns(options: TrainingOptions, sha256: string, every: number): Promise<TrainingRuns> {
  const { engine, signal, onProgress, logEvery, checkpointEvery = every } = options;
  const folder = join(options.folder, "runs");
  await mkdir(folder, { recursive: true });
  return {
    folder,
    training: (config, schema, seed) => ({
      ...{ config, schema, seed, data: { name: "mnist", sha256 }, folder, engine, resume: true, checkpointEvery },
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
      ...(logEvery === undefined ? {} : { logEvery }),
    }),
  };
}
