import { f32, type Program } from "@nextscale/engine";
import { traceTyped, type TypesOf } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { predictorCount } from "../anchor/ridge.js";
import type { WeatherModelConfig } from "../config/config.js";
import { anchored, byUnseen, type StatePair } from "../model/anchor.js";
import type { FieldLayout } from "../verification/case.js";

/** Of three successive states [B, 3, H, W, C] the one at `time`. */
export function stateAt(states: tf.Tensor, time: number): tf.Tensor {
  const [items = 0, , ...size] = states.shape;
  return tf.reshape(tf.slice(states, [0, time], [-1, 1]), [items, ...size]);
}

/** Types of the regressions that have not seen half of the data; none for persistence. */
export function foldTypes(
  anchor: WeatherModelConfig["anchor"],
  { grid, channels }: FieldLayout,
): TypesOf<readonly tf.Tensor[]> {
  if (anchor.kind === "persistence") return [];
  return [f32(grid.latitudes.length, predictorCount(anchor, channels.length), 2 * channels.length)];
}

type Inputs = {
  readonly perChange: tf.Tensor;
  readonly folds: readonly tf.Tensor[];
  readonly states: tf.Tensor;
  readonly fold: tf.Tensor;
};

/** states [B, 3, H, W, C], fold -> missed [B, H, W, C]: what the anchor misses of the third state, in deviations. */
export function missedProgram(anchor: WeatherModelConfig["anchor"], layout: FieldLayout, items: number): Program {
  const { grid, channels } = layout;
  const signature: TypesOf<Inputs> = {
    perChange: f32(channels.length),
    folds: foldTypes(anchor, layout),
    states: f32(items, 3, grid.latitudes.length, grid.longitudes.length, channels.length),
    fold: f32(items, 1, 1, 1),
  };
  return traceTyped<Inputs>(signature, ({ perChange, folds, states, fold }) => {
    const pair: StatePair = { previous: stateAt(states, 0), current: stateAt(states, 1) };
    const known = anchored(anchor, grid, { perChange, regression: folds }, pair, (both) => byUnseen(both, fold));
    return { missed: tf.sub(stateAt(states, 2), known.anchor) };
  });
}
