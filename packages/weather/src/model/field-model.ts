import {
  parameterTypes,
  SHAPES_ONLY,
  transformQuantiser,
  type Quantiser,
  type TransformCodebook,
  type TypesOf,
} from "@nextscale/refinement-core";
import { f32 } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import { regressionTypes, type Anchored } from "./anchor.js";
import type { WeatherModelConfig } from "../config/config.js";
import type { Grid } from "../grid/grid.js";
import { fieldRefiner, type FieldRefiner, type FieldRefinerParameters } from "../refiner/field-refiner.js";
import { fieldScales, type FieldScale } from "../refiner/field-scales.js";
import { cellsOf, scaleTokens } from "../refiner/token-grids.js";
import { gridFrom } from "./grid-from.js";
import { FORCINGS } from "./forcings.js";

/** What turns fields into numbers of order one, and what is known of them before any network. */
export type FieldScaling = {
  /** Standard deviation of departures from the climatology, in the channels' units [C]: what fields are measured in. */
  readonly deviation: tf.Tensor;
  /** Ratio of that to the standard deviation of a step's change [C]. */
  readonly perChange: tf.Tensor;
  /** Standard deviation of what the anchor misses, in deviations [C]. */
  readonly innovation: tf.Tensor;
  /** Largest departure that a forecast may reach, in deviations [H, W, C]. */
  readonly limit: tf.Tensor;
  /** Climatological mean of the standard deviation along a row, in deviations [C]. */
  readonly zonal: tf.Tensor;
  /** Fields that never change [H, W, statics]. */
  readonly statics: tf.Tensor;
};

/** Everything that the programs of a forecast model read. */
export type WeatherWeights = {
  readonly scaling: FieldScaling;
  /** Principal components [K, H * W * C] that states are truncated to; empty for waves. */
  readonly truncation: readonly tf.Tensor[];
  /** Of a regression: [H, predictors, C], or [1, predictors, K] of principal components; empty for persistence. */
  readonly anchor: readonly tf.Tensor[];
  readonly quantiser: readonly TransformCodebook[];
  readonly refiner: FieldRefinerParameters;
};

/** The parts of a model that follow from its configuration. */
export interface FieldModel {
  readonly grid: Grid;
  readonly refiner: FieldRefiner;
  readonly scales: readonly FieldScale[];
  quantiser(codebooks: readonly TransformCodebook[]): Quantiser<tf.Tensor, tf.Tensor>;
}

/** The parts of a model. */
export function fieldModel(config: WeatherModelConfig): FieldModel {
  const { channels, pyramid, network, quantiser } = config;
  const grid = gridFrom(config.grid);
  const refiner = fieldRefiner({
    grid,
    tokens: pyramid,
    inputs: inputChannels(config),
    channels: channels.length,
    forcings: FORCINGS,
    outputs: quantiser.scales.map(({ dimensions, levels }) => dimensions * levels),
    ...network,
  });
  return {
    grid,
    refiner,
    scales: fieldScales(grid, pyramid),
    quantiser: (codebooks) => transformQuantiser(codebooks, quantiser.step),
  };
}

/** Types of the principal components of a model; none where it is truncated to waves or not at all. */
export function componentTypes({
  truncation,
  grid,
  channels,
}: Pick<WeatherModelConfig, "truncation" | "grid" | "channels">) {
  if (typeof truncation !== "object") return [];
  return [f32(truncation.components, grid.latitudes.length * grid.longitudes.length * channels.length)];
}

/** Types of all weights. */
export function weatherWeightTypes(config: WeatherModelConfig): TypesOf<WeatherWeights> {
  const [height, width, channels] = [config.grid.latitudes.length, config.grid.longitudes.length, config.channels.length]; // prettier-ignore
  const { quantiser } = config;
  const tokens = scaleTokens(gridFrom(config.grid), config.pyramid);
  return {
    scaling: {
      deviation: f32(channels),
      perChange: f32(channels),
      innovation: f32(channels),
      limit: f32(height, width, channels),
      zonal: f32(channels),
      statics: f32(height, width, config.statics),
    },
    truncation: componentTypes(config),
    anchor: regressionTypes(config, 1),
    quantiser: quantiser.scales.map(({ dimensions, levels }, k) => ({
      axes: f32(dimensions, cellsOf(tokens[k]!) * channels),
      centroids: f32(dimensions, levels),
    })),
    refiner: parameterTypes(fieldModel(config).refiner.init(SHAPES_ONLY)),
  };
}

/** Channels of the encoder's input: the state, its last change, what the regression expects of the next, and the statics. */
export function inputChannels({ channels, anchor, statics }: WeatherModelConfig): number {
  return (anchor.kind === "persistence" ? 2 : 3) * channels.length + statics;
}

/** What the encoder reads [B, H, W, inputChannels]. */
export function encoderInputs({ known }: Pick<Anchored, "known">, statics: tf.Tensor): tf.Tensor {
  const [items = 0] = known[0]!.shape;
  return tf.concat([...known, tf.broadcastTo(statics, [items, ...statics.shape])], 3);
}
