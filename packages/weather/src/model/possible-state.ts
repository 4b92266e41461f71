import * as tf from "@tensorflow/tfjs-core";
import type { WeatherModelConfig } from "../config/config.js";
import type { Grid } from "../grid/grid.js";
import { bandLimited } from "./band-limit.js";

/** Fields [B, H, W, C] without waves that the model's data does not have. */
export function possibleWaves(
  { truncation }: Pick<WeatherModelConfig, "truncation">,
  grid: Grid,
  field: tf.Tensor,
): tf.Tensor {
  return truncation === undefined ? field : bandLimited(field, grid, truncation);
}

/** Such fields, kept within the limits of each cell [H, W, C] too: what every forecast is brought back to after a step. */
export function possibleState(
  config: Pick<WeatherModelConfig, "truncation">,
  grid: Grid,
  limit: tf.Tensor,
  state: tf.Tensor,
): tf.Tensor {
  return tf.maximum(tf.minimum(possibleWaves(config, grid, state), limit), tf.neg(limit));
}
