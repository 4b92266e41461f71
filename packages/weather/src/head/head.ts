import type { NamedArrays, TensorType } from "@nextscale/engine";
import type { Plan, RandomStream, TypesOf } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { Encoding } from "../refiner/field-refiner.js";

/** The network on the states of a batch, within a trace: all that a head asks of it. */
export interface NetworkOnStates {
  /** States in the batch. */
  readonly items: number;
  /**
   * Reads the states.
   *
   * @param own fields [B, H, W, inputs] and numbers [B, features] that the head adds to them
   */
  encode(own?: { readonly fields?: tf.Tensor; readonly features?: tf.Tensor }): Encoding;
  /** What it says of each token of a scale; see `FieldRefiner.refine`. */
  refine(scale: number, guess: tf.Tensor, encoding: Encoding, drawn?: tf.Tensor): tf.Tensor;
}

/** Weights that a head has beside the network's: for each scale, by name. */
export type HeadWeights = readonly Readonly<Record<string, tf.Tensor>>[];

/** A stretch of members. */
export interface Members {
  readonly first: number;
  readonly count: number;
}

interface AnyHead {
  /** Channels that it adds to what the encoder reads, numbers that it adds to the time of year and day. */
  readonly inputs: number;
  readonly features: number;
  /** Numbers that it wants of each token of each scale, coarsest first. */
  readonly outputs: readonly number[];
  readonly weights: TypesOf<HeadWeights>;
  /** Passes through the network for a step of a member: the encoder's, and those over the scales. */
  readonly evaluations: number;
}

/** A head whose draw is one run of one program. */
export interface OneRunHead extends AnyHead {
  readonly kind: "one run";
  /** Types of the random numbers of a draw, by name. */
  noiseTypes(items: number): Readonly<Record<string, TensorType>>;
  noise(stream: RandomStream, members: Members): NamedArrays;
  /**
   * Draws what the anchor misses, in its standard deviations [B, H, W, C].
   *
   * @param sharpness of each scale: below 1 draws lie closer together
   */
  draw(
    network: NetworkOnStates,
    weights: HeadWeights,
    noise: Readonly<Record<string, tf.Tensor>>,
    sharpness: tf.Tensor,
  ): tf.Tensor;
  /** Exact -ln p of what the anchor missed, by scale, and what the codes stand for; of heads that have codes. */
  readonly score?: (
    network: NetworkOnStates,
    weights: HeadWeights,
    missed: tf.Tensor,
  ) => { readonly nats: tf.Tensor; readonly decoded: tf.Tensor };
}

/** A head that takes noise away, a little in each of many runs. */
export interface DenoisingHead extends AnyHead {
  readonly kind: "denoising";
  readonly plan: Plan;
  /**
   * What the anchor misses, most likely.
   *
   * @param noisy [B, H, W, C] @param level of its noise [B]
   */
  denoise(network: NetworkOnStates, noisy: tf.Tensor, level: tf.Tensor): tf.Tensor;
}

/** What a network is asked about the next state, and how states are drawn from its answer. */
export type Head = OneRunHead | DenoisingHead;
