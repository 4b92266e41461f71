import * as tf from "@tensorflow/tfjs-core";
import { regressed } from "../anchor/ridge.js";
import type { WeatherModelConfig } from "../config/config.js";
import type { Grid } from "../grid/grid.js";

/** Two successive states, each [B, H, W, C], in deviations from the mean. */
export interface StatePair {
  readonly previous: tf.Tensor;
  readonly current: tf.Tensor;
}

/** What is known of the next state before the network has looked. */
export interface Anchored {
  /** The expected state [B, H, W, C]. */
  readonly anchor: tf.Tensor;
  /** The state, its last change and, from a regression, the expected one, each of order one. */
  readonly known: readonly tf.Tensor[];
}

/** What an anchor is made of. */
export interface AnchorWeights {
  /** Ratio of deviation to the standard deviation of a step's change [C]. */
  readonly perChange: tf.Tensor;
  /** Of a regression: [H, predictors, outputs]; empty for persistence. */
  readonly regression: readonly tf.Tensor[];
}

/**
 * The state that an anchor expects.
 *
 * @param choose makes changes [B, H, W, C] of what the regression gives; that itself unless given
 */
export function anchored(
  anchor: WeatherModelConfig["anchor"],
  grid: Grid,
  { perChange, regression }: AnchorWeights,
  { previous, current }: StatePair,
  choose: (expected: tf.Tensor) => tf.Tensor = (expected) => expected,
): Anchored {
  const change = tf.mul(tf.sub(current, previous), perChange);
  if (anchor.kind === "persistence") return { anchor: current, known: [current, change] };
  const expected = choose(regressed(current, change, regression[0]!, grid, anchor));
  return { anchor: tf.add(current, tf.div(expected, perChange)), known: [current, change, expected] };
}

/**
 * Of the changes that regressions of either half of the data expect, [B, H, W, 2 C], those of the one that has not seen an
 * item.
 *
 * @param fold [B, 1, 1, 1], 0 for the first and 1 for the second
 */
export function byUnseen(both: tf.Tensor, fold: tf.Tensor): tf.Tensor {
  const channels = both.shape[3]! / 2;
  const part = (begin: number) => tf.slice(both, [0, 0, 0, begin], [-1, -1, -1, channels]);
  const [first, second] = [part(0), part(channels)];
  return tf.add(first, tf.mul(fold, tf.sub(second, first)));
}
