import { f32, type Program } from "@nextscale/engine";
import { traceTyped, type TypesOf } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { WeatherModelConfig } from "../config/config.js";
import { anchored, byUnseen, regressionTypes, type StatePair } from "../model/anchor.js";
import { componentTypes } from "../model/field-model.js";
import { gridFrom } from "../model/grid-from.js";

/** What the anchor of a model is. */
export type AnchorConfig = Pick<WeatherModelConfig, "anchor" | "truncation" | "grid" | "channels">;

/** Of three successive states [B, 3, H, W, C] the one at `time`. */
export function stateAt(states: tf.Tensor, time: number): tf.Tensor {
  const [items = 0, , ...size] = states.shape;
  return tf.reshape(tf.slice(states, [0, time], [-1, 1]), [items, ...size]);
}

/** Types of the regressions that have not seen half of the data, side by side; none for persistence. */
export function foldTypes(config: AnchorConfig): TypesOf<readonly tf.Tensor[]> {
  return regressionTypes(config, 2);
}

type Inputs = {
  readonly perChange: tf.Tensor;
  readonly truncation: readonly tf.Tensor[];
  readonly folds: readonly tf.Tensor[];
  readonly states: tf.Tensor;
  readonly fold: tf.Tensor;
};

/** states [B, 3, H, W, C], fold -> missed [B, H, W, C]: what the anchor misses of the third state, in deviations. */
export function missedProgram(config: AnchorConfig, items: number): Program {
  const { grid, channels, anchor } = config;
  const signature: TypesOf<Inputs> = {
    perChange: f32(channels.length),
    truncation: componentTypes(config),
    folds: foldTypes(config),
    states: f32(items, 3, grid.latitudes.length, grid.longitudes.length, channels.length),
    fold: f32(items, 1, 1, 1),
  };
  return traceTyped<Inputs>(signature, ({ perChange, truncation: components, folds, states, fold }) => {
    const pair: StatePair = { previous: stateAt(states, 0), current: stateAt(states, 1) };
    const weights = { perChange, regression: folds, components };
    const known = anchored(anchor, gridFrom(grid), weights, pair, (both) => byUnseen(both, fold));
    return { missed: tf.sub(stateAt(states, 2), known.anchor) };
  });
}
