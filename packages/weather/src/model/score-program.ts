import { f32, softmaxCrossEntropy, type Program } from "@nextscale/engine";
import { encode, gaussianPyramid, tensorGrid, traceTyped, walk, type TypesOf } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { WeatherModelConfig } from "../config/config.js";
import { sphericalCoarsening } from "../pyramid/spherical-coarsening.js";
import { anchored } from "./anchor.js";
import { encoderInputs, fieldModel, weatherWeightTypes, type WeatherWeights } from "./field-model.js";
import { FORCINGS } from "./forcings.js";

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
export function scoreProgram(config: WeatherModelConfig): Program {
  const { grid, refiner, scales, quantiser } = fieldModel(config);
  const { depth, expansion } = config.pyramid;
  const size = [grid.latitudes.length, grid.longitudes.length, config.channels.length] as const;
  const coarsening = sphericalCoarsening(tensorGrid, grid, depth, expansion);
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
    const pair = { previous: alone(inputs.previous), current: alone(inputs.current) };
    const known = anchored(config.anchor, grid, { perChange: scaling.perChange, regression: inputs.anchor }, pair);
    const missed = tf.div(tf.sub(alone(inputs.next), known.anchor), scaling.innovation);
    const levels = gaussianPyramid(coarsening, missed, depth);
    const encoding = refiner.encode(
      inputs.refiner,
      encoderInputs(known, scaling.statics),
      tf.reshape(inputs.forcings, [1, FORCINGS]),
    );
    const start = tf.zerosLike(levels.at(-1)!);
    const visits = [...walk(scales, start, encode(quantiser(inputs.quantiser), levels))];
    const nats = visits.map(({ context, codes }, k) => {
      const logits = tf.reshape(refiner.refine(inputs.refiner, k, context, encoding), [
        ...codes.shape,
        config.quantiser.scales[k]!.levels,
      ]);
      return tf.sum(softmaxCrossEntropy(logits, codes));
    });
    const decoded = tf.add(known.anchor, tf.mul(visits.at(-1)!.state, scaling.innovation));
    return { nats: tf.stack(nats), decoded: tf.reshape(decoded, [...size]) };
  });
}
