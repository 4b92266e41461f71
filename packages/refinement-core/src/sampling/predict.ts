import * as tf from "@tensorflow/tfjs-core";
import type { ScaleRefiner } from "../refiner/refiner.js";
import type { PerWalk } from "../walk/scale.js";
import { guide, guidedContext, guidedLabels } from "./guidance.js";

/** What a refiner needs to know of a step: contexts are [B, ..., channels], sites in row-major order. */
export interface RefinerStep {
  readonly index: number;
  readonly context: tf.Tensor;
}

/**
 * A refiner as the `predict` of the policies `sampled` and `scored`: logits [B, ..., V] of a scale, where `...` is the
 * form of its context ([H, W] for grids). What the refiner carries from scale to scale lives as long as the walk.
 *
 * @param labels int32 [B]
 */
export function refinerPredictions<P, State>(
  refiner: ScaleRefiner<P, tf.Tensor, State>,
  params: P,
  labels: tf.Tensor,
): PerWalk<RefinerStep, tf.Tensor> {
  return () => {
    let state = refiner.start(params, labels);
    return ({ index, context }) => {
      const next = refiner.applyScale(params, index, flattenSites(context), state);
      state = next.state;
      return formedLike(next.output, context);
    };
  };
}

/**
 * The same with classifier-free guidance: one pass over a batch of twice the items, the second half without class.
 *
 * @param guidance strength for each scale, [scales]
 */
export function guidedPredictions<P, State>(
  refiner: ScaleRefiner<P, tf.Tensor, State>,
  params: P,
  labels: tf.Tensor,
  guidance: tf.Tensor,
): PerWalk<RefinerStep, tf.Tensor> {
  return () => {
    const predictBoth = refinerPredictions(refiner, params, guidedLabels(labels, refiner.nullClass))();
    return ({ index, context }) => {
      const logits = predictBoth({ index, context: guidedContext(context) });
      return guide(logits, tf.slice(guidance, [index], [1]));
    };
  };
}

/** [B, ..., channels] -> [B, sites, channels]. */
export function flattenSites(x: tf.Tensor): tf.Tensor {
  return x.rank === 3 ? x : tf.reshape(x, [x.shape[0] ?? 0, -1, x.shape[x.rank - 1] ?? 0]);
}

/** Logits [B, sites, V] -> [B, ..., V] with the sites in the form of a context [B, ..., channels]. */
function formedLike(logits: tf.Tensor, context: tf.Tensor): tf.Tensor {
  return context.rank === 3 ? logits : tf.reshape(logits, [...context.shape.slice(0, -1), -1]);
}
