import { parameterTypes, SHAPES_ONLY, type TypesOf } from "@nextscale/refinement-core";
import { f32 } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import { regressionTypes, type Anchored } from "./anchor.js";
import type { WeatherModelConfig } from "../config/config.js";
import { headOf } from "../head/head-of.js";
import type { Head, HeadWeights, NetworkOnStates } from "../head/head.js";
import { fieldGeometry, type FieldGeometry } from "../refiner/field-geometry.js";
import { fieldRefiner, type FieldRefiner, type FieldRefinerParameters } from "../refiner/field-refiner.js";
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
  /**
   * Of a model with a truncation of waves: what a step keeps of each, [truncation + 1, truncation + 1, C] by zonal and total
   * wavenumber. Rounding to codes adds the same to all waves, also where the data has next to none; as in a numerical model,
   * such are damped.
   */
  readonly response: readonly tf.Tensor[];
  /** Least and greatest standard deviation along the rows of the data [2, C]: see `isUnstable`. */
  readonly variability: tf.Tensor;
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
  readonly head: HeadWeights;
  readonly refiner: FieldRefinerParameters;
};

/** The parts of a model that follow from its configuration. */
export interface FieldModel extends FieldGeometry {
  readonly head: Head;
  readonly refiner: FieldRefiner;
}

/** The parts of a model. */
export function fieldModel(config: WeatherModelConfig): FieldModel {
  const geometry = fieldGeometry(config);
  const head = headOf(config.head, geometry);
  const refiner = fieldRefiner({
    grid: geometry.grid,
    scales: geometry.tokens,
    inputs: inputChannels(config) + head.inputs,
    channels: geometry.channels,
    forcings: FORCINGS + head.features,
    outputs: head.outputs,
    ...config.network,
  });
  return { ...geometry, head, refiner };
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
  const { truncation } = config;
  const { head, refiner } = fieldModel(config);
  return {
    scaling: {
      deviation: f32(channels),
      perChange: f32(channels),
      innovation: f32(channels),
      limit: f32(height, width, channels),
      response: typeof truncation === "number" ? [f32(truncation + 1, truncation + 1, channels)] : [],
      variability: f32(2, channels),
      statics: f32(height, width, config.statics),
    },
    truncation: componentTypes(config),
    anchor: regressionTypes(config, 1),
    head: head.weights,
    refiner: parameterTypes(refiner.init(SHAPES_ONLY)),
  };
}

/** The network on the states of a batch, with what is known of them and of the time of year and day [B, FORCINGS]. */
export function networkOnStates(
  refiner: FieldRefiner,
  params: FieldRefinerParameters,
  {
    known,
    statics,
    forcings,
  }: Pick<Anchored, "known"> & Pick<FieldScaling, "statics"> & { readonly forcings: tf.Tensor },
): NetworkOnStates {
  const [items = 0] = forcings.shape;
  const own = [...known, tf.broadcastTo(statics, [items, ...statics.shape])];
  return {
    items,
    encode: ({ fields, features } = {}) =>
      refiner.encode(
        params,
        tf.concat(fields === undefined ? own : [...own, fields], 3),
        features === undefined ? forcings : tf.concat([forcings, features], 1),
      ),
    refine: (k, guess, encoding, drawn) => refiner.refine(params, k, guess, encoding, drawn),
  };
}

/** Channels of what is known of the states: they, their last change, what the regression expects next, and the statics. */
function inputChannels({ channels, anchor, statics }: WeatherModelConfig): number {
  return (anchor.kind === "persistence" ? 2 : 3) * channels.length + statics;
}
