import type { NamedArrays, TensorType } from "@nextscale/engine";
import type { HostParameters } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { HeadWeights, NetworkOnStates } from "../head/head.js";
import type { FieldRefinerParameters } from "../refiner/field-refiner.js";

/** Items of a training, counted over all of its steps. */
export interface TrainingItems {
  readonly first: number;
  readonly count: number;
}

/** What a head's network is trained to. */
export interface Objective {
  /** Types of the random numbers that a step takes, by name. */
  randomTypes(items: number): Readonly<Record<string, TensorType>>;
  /** They themselves. */
  random(items: TrainingItems): NamedArrays;
  /**
   * Losses of a batch by name, of which `loss` is the one to make small.
   *
   * @param missed what the anchor misses, in its standard deviations [B, H, W, C]
   */
  losses(
    network: NetworkOnStates,
    weights: HeadWeights,
    missed: tf.Tensor,
    random: Readonly<Record<string, tf.Tensor>>,
  ): Readonly<Record<string, tf.Tensor>> & { readonly loss: tf.Tensor };
  /** A better start than the initial network, where the data gives one. */
  startingFrom(initial: HostParameters<FieldRefinerParameters>): HostParameters<FieldRefinerParameters>;
}
