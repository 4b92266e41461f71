import { f32, type Program } from "@nextscale/engine";
import { traceTyped, type TypesOf } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { WeatherModelConfig } from "../config/config.js";
import type { OneRunHead } from "../head/head.js";
import { anchored } from "./anchor.js";
import { fieldModel, networkOnStates, weatherWeightTypes, type WeatherWeights } from "./field-model.js";
import { FORCINGS } from "./forcings.js";
import { observable, truncated } from "./possible-state.js";

type Inputs = WeatherWeights & {
  readonly previous: tf.Tensor;
  readonly current: tf.Tensor;
  readonly next: tf.Tensor;
  readonly forcings: tf.Tensor;
};

/**
 * previous, current, next [H, W, C], forcings [FORCINGS] -> `nats` of the codes of each scale [scales], exact (eq. 2), and
 * `decoded`, what the codes stand for [H, W, C]: an observed step, coded.
 */
export function scoreProgram(config: WeatherModelConfig, score: NonNullable<OneRunHead["score"]>): Program {
  const { grid, refiner } = fieldModel(config);
  const size = [grid.latitudes.length, grid.longitudes.length, config.channels.length] as const;
  const signature: TypesOf<Inputs> = {
    ...weatherWeightTypes(config),
    previous: f32(...size),
    current: f32(...size),
    next: f32(...size),
    forcings: f32(FORCINGS),
  };
  return traceTyped<Inputs>(signature, (inputs) => {
    const alone = (field: tf.Tensor) => tf.reshape(field, [1, ...size]);
    const { scaling } = inputs;
    const { truncation: components, anchor: regression } = inputs;
    const truncation = { truncation: config.truncation, grid, components };
    const seen = (field: tf.Tensor) => observable(truncation, alone(field));
    const pair = { previous: seen(inputs.previous), current: seen(inputs.current) };
    const weights = { perChange: scaling.perChange, regression, components };
    const { anchor, known } = anchored(config.anchor, grid, weights, pair);
    const forcings = tf.reshape(inputs.forcings, [1, FORCINGS]);
    const network = networkOnStates(refiner, inputs.refiner, { known, statics: scaling.statics, forcings });
    const missed = tf.div(tf.sub(seen(inputs.next), anchor), scaling.innovation);
    const { nats, decoded } = score(network, inputs.head, missed);
    const state = truncated(truncation, tf.add(anchor, tf.mul(decoded, scaling.innovation)));
    return { nats, decoded: tf.reshape(state, [...size]) };
  });
}
