import * as tf from "@tensorflow/tfjs-core";
import type { WeatherModelConfig } from "../config/config.js";
import type { Grid } from "../grid/grid.js";
import { bandLimited } from "./band-limit.js";
import { coordinatesOf, fromCoordinates } from "./components.js";
import type { FieldScaling } from "./field-model.js";
import { responded } from "./spectral-response.js";

/** What states are kept to: see `WeatherModelConfig.truncation`. */
export interface Truncation {
  readonly truncation: WeatherModelConfig["truncation"];
  readonly grid: Grid;
  /** Principal components [K, H * W * C]; none for waves, which follow from the grid. */
  readonly components: readonly tf.Tensor[];
}

/** Fields [B, H, W, C] without the patterns that the model's data does not have. */
export function truncated({ truncation, grid, components }: Truncation, field: tf.Tensor): tf.Tensor {
  if (truncation === undefined) return field;
  if (typeof truncation === "number") return bandLimited(field, grid, truncation);
  return fromCoordinates(coordinatesOf(field, components[0]!, grid), components[0]!, field.shape.slice(1));
}

/**
 * An observed field, as far as forecasts could be it. Beyond a truncation of waves there is nothing in the data; real data is
 * cut to its components.
 */
export function observable(how: Truncation, field: tf.Tensor): tf.Tensor {
  return typeof how.truncation === "object" ? truncated(how, field) : field;
}

/**
 * Truncated fields with the waves as large as the model's data has them, kept within the limits of each cell: what every forecast
 * is brought back to after a step.
 */
export function possibleState(
  how: Truncation,
  { limit, response }: Pick<FieldScaling, "limit" | "response">,
  state: tf.Tensor,
): tf.Tensor {
  const waves = response[0] === undefined ? truncated(how, state) : responded(state, how.grid, response[0]);
  return tf.maximum(tf.minimum(waves, limit), tf.neg(limit));
}
