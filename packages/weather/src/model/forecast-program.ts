import { f32, type Program } from "@nextscale/engine";
import { traceTyped, type TypesOf } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { WeatherModelConfig } from "../config/config.js";
import type { DenoisingHead, OneRunHead } from "../head/head.js";
import { anchored } from "./anchor.js";
import { fieldModel, networkOnStates, weatherWeightTypes, type WeatherWeights } from "./field-model.js";
import { FORCINGS } from "./forcings.js";
import { gridFrom } from "./grid-from.js";
import { observable, possibleState } from "./possible-state.js";

/** The states that a step of some members starts from, in deviations from the mean. */
type Start = WeatherWeights & {
  readonly previous: tf.Tensor;
  readonly current: tf.Tensor;
  readonly forcings: tf.Tensor;
};

type DrawInputs = Start & {
  readonly noise: Readonly<Record<string, tf.Tensor>>;
  /** Of each scale. */
  readonly sharpness: tf.Tensor;
};

/** previous, current, forcings, noise/name, sharpness -> next [items, H, W, C]: a step of the members of an ensemble. */
export function forecastProgram(config: WeatherModelConfig, head: OneRunHead, items: number): Program {
  const signature: TypesOf<DrawInputs> = {
    ...startTypes(config, items),
    noise: head.noiseTypes(items),
    sharpness: f32(config.sharpness.length),
  };
  return traceTyped<DrawInputs>(signature, (inputs) => {
    const { known, network } = onStart(config, inputs);
    const missed = head.draw(network, inputs.head, inputs.noise, inputs.sharpness);
    return { next: stateFrom(config, inputs, known.anchor, missed) };
  });
}

type DenoiseInputs = Start & {
  /** What the anchor misses, with noise, in its standard deviations. */
  readonly noisy: tf.Tensor;
  /** Level of the noise, [items]. */
  readonly level: tf.Tensor;
};

/**
 * previous, current, forcings, noisy, level -> denoised [items, H, W, C], and `next`, the state that would follow if that were
 * what the anchor misses.
 */
export function denoiseProgram(config: WeatherModelConfig, head: DenoisingHead, items: number): Program {
  const start = startTypes(config, items);
  const signature: TypesOf<DenoiseInputs> = { ...start, noisy: start.current, level: f32(items) };
  return traceTyped<DenoiseInputs>(signature, (inputs) => {
    const { known, network } = onStart(config, inputs);
    const denoised = head.denoise(network, inputs.noisy, inputs.level);
    return { denoised, next: stateFrom(config, inputs, known.anchor, denoised) };
  });
}

function startTypes(config: WeatherModelConfig, items: number): TypesOf<Start> {
  const field = f32(items, config.grid.latitudes.length, config.grid.longitudes.length, config.channels.length);
  return { ...weatherWeightTypes(config), previous: field, current: field, forcings: f32(items, FORCINGS) };
}

function onStart(config: WeatherModelConfig, inputs: Start) {
  const { grid, refiner } = fieldModel(config);
  const { scaling, forcings, anchor: regression, truncation: components } = inputs;
  const seen = (state: tf.Tensor) => observable({ truncation: config.truncation, grid, components }, state);
  const pair = { previous: seen(inputs.previous), current: seen(inputs.current) };
  const known = anchored(config.anchor, grid, { perChange: scaling.perChange, regression, components }, pair);
  const network = networkOnStates(refiner, inputs.refiner, { known: known.known, statics: scaling.statics, forcings });
  return { known, network };
}

function stateFrom(
  config: WeatherModelConfig,
  { scaling, truncation: components }: Start,
  anchor: tf.Tensor,
  missed: tf.Tensor,
): tf.Tensor {
  const grid = gridFrom(config.grid);
  const state = tf.add(anchor, tf.mul(missed, scaling.innovation));
  return possibleState({ truncation: config.truncation, grid, components }, scaling, state);
}
