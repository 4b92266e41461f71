import * as tf from "@tensorflow/tfjs-core";
import type { WeatherModelConfig } from "../config/config.js";
import type { Grid } from "../grid/grid.js";
import { bandLimited } from "./band-limit.js";
import type { FieldScaling } from "./field-model.js";
import { responded } from "./spectral-response.js";

/** Fields [B, H, W, C] without waves that the model's data does not have. */
export function possibleWaves(
  { truncation }: Pick<WeatherModelConfig, "truncation">,
  grid: Grid,
  field: tf.Tensor,
): tf.Tensor {
  return truncation === undefined ? field : bandLimited(field, grid, truncation);
}

/**
 * Such fields with the waves as large as the model's data has them, kept within the limits of each cell: what every forecast is
 * brought back to after a step.
 */
export function possibleState(
  config: Pick<WeatherModelConfig, "truncation">,
  grid: Grid,
  { limit, response }: Pick<FieldScaling, "limit" | "response">,
  state: tf.Tensor,
): tf.Tensor {
  const waves = response[0] === undefined ? possibleWaves(config, grid, state) : responded(state, grid, response[0]);
  return tf.maximum(tf.minimum(waves, limit), tf.neg(limit));
}
