import type { NamedArrays, Program } from "@nextscale/engine";
import type { Schedule, TensorLayout } from "@nextscale/refinement-core";
import * as z from "zod";
import type { ImageDataset } from "../data/image-dataset.js";
import { imageModelConfigSchema, imageTrainingSchema, type ImageModelConfig } from "../model/config.js";
import type { WeightTypes } from "../model/weights.js";

/** Schema of a run's configuration, which makes a run the same run when it is resumed. */
export const runConfigSchema = z.strictObject({ model: imageModelConfigSchema, training: imageTrainingSchema });

/** The configuration of a training run. */
export type RunConfig = Readonly<z.infer<typeof runConfigSchema>>;

/** What the stages of a run are made of. */
export interface StageInputs {
  readonly config: RunConfig;
  /** Types of the weights that the configuration implies. */
  readonly types: WeightTypes;
  readonly dataset: ImageDataset;
  readonly seed: number;
}

/**
 * One stage of training as data: a program whose state starts somewhere and is run for some steps. Everything in it is a
 * function of the run's configuration, seed and data, so a stage can be taken up at any step.
 */
export interface Stage {
  readonly name: string;
  readonly steps: number;
  readonly program: () => Program;
  /** Names and types of the state, for any configuration: a checkpoint of another one is read before it is refused. */
  readonly layout: (model: ImageModelConfig) => TensorLayout;
  /** State before the first step; not asked for when the stage is resumed. */
  readonly start: () => NamedArrays | Promise<NamedArrays>;
  /** Inputs of the program that stay what they are. */
  readonly constants: NamedArrays;
  /** Inputs of each step, counted from 0, besides `scalars`. */
  readonly batches: (step: number) => NamedArrays;
  readonly scalars: Readonly<Record<string, Schedule>>;
}
