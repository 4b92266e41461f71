import type { NamedArrays, Program } from "@nextscale/engine";
import type { Schedule } from "./schedules.js";
import type { TensorLayout } from "./tensors.js";

/**
 * One stage of a training as data: a program whose state starts somewhere and is run for some steps. Everything in it is
 * a function of the run's configuration, seed and data, so a stage can be taken up at any step.
 *
 * @typeParam Batch a promise where inputs are read or made when they are first needed
 */
export interface Stage<Config, Batch extends NamedArrays | Promise<NamedArrays> = NamedArrays> {
  /** For progress, and of the folder of its checkpoint. */
  readonly name: string;
  /** Of its checkpoints: `images/training/refiner`. */
  readonly kind: string;
  readonly steps: number;
  /** One step: state and inputs to losses and state. */
  readonly program: () => Program;
  /** Names and types of the state, for any configuration: a checkpoint of another one is read before it is refused. */
  readonly layout: (config: Config) => TensorLayout;
  /** State before the first step; not asked for when the stage is resumed. */
  readonly start: () => NamedArrays | Promise<NamedArrays>;
  /** Inputs of the program that stay what they are. */
  readonly constants: NamedArrays;
  /** Inputs of each step, counted from 0, besides `scalars`. */
  readonly batches: (step: number) => Batch;
  readonly scalars: Readonly<Record<string, Schedule>>;
}
