import * as tf from "@tensorflow/tfjs-core";
import { atScale, scaleOffsets } from "./geometry.js";
import type { Head } from "./head.js";
import { initialiser } from "./parameters.js";
import type { ScaleRefiner, ScaleTrunk } from "./refiner.js";

/** Parameters of a trunk with a head for each scale. */
export type WithScaleHeads<P, H> = { readonly trunk: P; readonly heads: readonly H[] };

/**
 * The refiner that reads `trunk`'s features through a head of each scale's own: what per-scale codebooks (eq. 15) call
 * for, where code 7 of one scale has nothing to do with code 7 of the next.
 */
export function withScaleHeads<P, State, H>(
  trunk: ScaleTrunk<P, State>,
  head: Head<H, tf.Tensor>,
): ScaleRefiner<WithScaleHeads<P, H>, tf.Tensor, State> {
  const offsets = scaleOffsets(trunk.scales);
  return {
    scales: trunk.scales,
    nullClass: trunk.nullClass,
    init(source) {
      const random = initialiser(source);
      const heads = trunk.scales.map((_, k) => head.init(random.at("heads").at(k), trunk.width));
      return { trunk: trunk.init(random.at("trunk")), heads };
    },
    applyAll(params, contexts, labels) {
      const hidden = trunk.applyAll(params.trunk, contexts, labels);
      const outputs = trunk.scales.map(({ sites }, k) =>
        head.apply(atScale(params.heads, k), tf.slice(hidden, [0, atScale(offsets, k), 0], [-1, sites, -1])),
      );
      return tf.concat(outputs, 1);
    },
    start: (params, labels) => trunk.start(params.trunk, labels),
    applyScale(params, k, context, state) {
      const next = trunk.applyScale(params.trunk, k, context, state);
      return { output: head.apply(atScale(params.heads, k), next.output), state: next.state };
    },
  };
}
