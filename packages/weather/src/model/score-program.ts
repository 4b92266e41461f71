import { f32, softmaxCrossEntropy, type Program } from "@nextscale/engine";
import { encode, gaussianPyramid, tensorGrid, traceTyped, walk, type TypesOf } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { WeatherModelConfig } from "../config/config.js";
import { fieldPyramid } from "../pyramid/field-pyramid.js";
import { colourMask, passesOver, passQuantiser, passScales } from "../refiner/passes.js";
import { anchored } from "./anchor.js";
import { encoderInputs, fieldModel, weatherWeightTypes, type WeatherWeights } from "./field-model.js";
import { FORCINGS } from "./forcings.js";
import { logitsOf } from "./logits.js";
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
export function scoreProgram(config: WeatherModelConfig): Program {
  const { grid, refiner, scales, quantiser } = fieldModel(config);
  const { factors, expansion } = config.pyramid;
  const size = [grid.latitudes.length, grid.longitudes.length, config.channels.length] as const;
  const coarsening = fieldPyramid(tensorGrid, grid, factors, expansion);
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
    const { truncation: components, anchor: regression } = inputs;
    const truncation = { truncation: config.truncation, grid, components };
    const known = anchored(config.anchor, grid, { perChange: scaling.perChange, regression, components }, pair);
    const next = observable(truncation, alone(inputs.next));
    const missed = tf.div(tf.sub(next, known.anchor), scaling.innovation);
    const levels = gaussianPyramid(coarsening, missed, factors.length);
    const encoding = refiner.encode(
      inputs.refiner,
      encoderInputs(known, scaling.statics),
      tf.reshape(inputs.forcings, [1, FORCINGS]),
    );
    const start = tf.zerosLike(levels.at(-1)!);
    const passes = passesOver(scales.length, config.passes);
    const coder = passQuantiser(quantiser(inputs.quantiser), passes);
    const visits = [...walk(passScales(scales, refiner.scales, passes), start, encode(coder, levels))];
    const nats = visits.map(({ index, context, codes }) => {
      const pass = passes[index]!;
      const logits = logitsOf(refiner, inputs.refiner, pass, config.quantiser.scales[pass.scale]!, context, encoding);
      const perToken = tf.sum(softmaxCrossEntropy(logits, codes), -1);
      const mask = colourMask(refiner.scales[pass.scale]!, pass.first, pass.end);
      return tf.sum(tf.mul(perToken, tf.tensor2d(mask, [1, mask.length])));
    });
    const ofScale = (k: number) => tf.addN(nats.filter((_, index) => passes[index]!.scale === k));
    const state = tf.add(known.anchor, tf.mul(visits.at(-1)!.state, scaling.innovation));
    const decoded = truncated(truncation, state);
    return { nats: tf.stack(scales.map((_, k) => ofScale(k))), decoded: tf.reshape(decoded, [...size]) };
  });
}
