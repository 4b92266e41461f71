import type * as tf from "@tensorflow/tfjs-core";
import type { Head } from "./head.js";
import { initialiser, type HostParameters, type Initialiser, type NormalSource } from "./parameters.js";
import type { ScaleGeometry } from "./geometry.js";

/**
 * A network that predicts, at every scale, all residual codes of that scale in parallel from what the coarser scales
 * explain: the factors of p(r_1, ..., r_S) = prod_k p(r_k | r_<k) (eq. 2), or of eq. 18 when it is Markov.
 *
 * Pure: parameters come in, tensors go out; every method may be called inside a trace. `applyAll` (teacher forcing, all
 * scales at once) and `start` + `applyScale` for k = 0, 1, ... (generation) compute the same function.
 *
 * `P` is the parameter tree of tensors, `Output` what the head makes ([B, sites, V] logits for a categorical one),
 * `State` what generation carries from scale to scale.
 */
export interface ScaleRefiner<P, Output, State> {
  readonly scales: readonly ScaleGeometry[];
  /** The label that means "no class": what guidance and class dropout use. */
  readonly nullClass: number;
  /** Initial parameters, each a function of the source and its own path. */
  init(source: NormalSource): HostParameters<P>;
  /**
   * All scales from given contexts.
   *
   * @param contexts for each scale [B, sites_k, contextChannels]: the coarser scales' reconstruction brought to this scale
   * @param labels int32 [B], `nullClass` for none
   * @returns outputs for the concatenation of all sites: [B, sum of sites, ...]
   */
  applyAll(params: P, contexts: readonly tf.Tensor[], labels: tf.Tensor): Output;
  /** State before the coarsest scale. @param labels int32 [B] */
  start(params: P, labels: tf.Tensor): State;
  /** Scale `k`, after scales 0..k-1. @param context [B, sites_k, contextChannels] */
  applyScale(
    params: P,
    k: number,
    context: tf.Tensor,
    state: State,
  ): { readonly output: Output; readonly state: State };
}

/** A refiner without its head: outputs are hidden features [B, sites, width]. */
export interface ScaleTrunk<P, State> extends Omit<ScaleRefiner<P, tf.Tensor, State>, "init"> {
  readonly width: number;
  /** Initial parameters of the trunk alone. */
  init(random: Initialiser): HostParameters<P>;
}

/** Parameters of a trunk with a head. */
export type WithHead<P, H> = { readonly trunk: P; readonly head: H };

/** The refiner that reads `trunk`'s features through `head`. */
export function withHead<P, State, H, Output>(
  trunk: ScaleTrunk<P, State>,
  head: Head<H, Output>,
): ScaleRefiner<WithHead<P, H>, Output, State> {
  return {
    scales: trunk.scales,
    nullClass: trunk.nullClass,
    init(source) {
      const random = initialiser(source);
      const parts = { trunk: trunk.init(random.at("trunk")), head: head.init(random.at("head"), trunk.width) };
      return parts;
    },
    applyAll: (params, contexts, labels) => head.apply(params.head, trunk.applyAll(params.trunk, contexts, labels)),
    start: (params, labels) => trunk.start(params.trunk, labels),
    applyScale(params, k, context, state) {
      const next = trunk.applyScale(params.trunk, k, context, state);
      return { output: head.apply(params.head, next.output), state: next.state };
    },
  };
}
