import { f32, type Program } from "@nextscale/engine";
import { drawByInversion, sampled, traceTyped, walk, type TypesOf } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { WeatherModelConfig } from "../config/config.js";
import { anchored } from "./anchor.js";
import { encoderInputs, fieldModel, weatherWeightTypes, type WeatherWeights } from "./field-model.js";
import { FORCINGS } from "./forcings.js";

type Inputs = WeatherWeights & {
  readonly previous: tf.Tensor;
  readonly current: tf.Tensor;
  readonly forcings: tf.Tensor;
  /** For each scale in (0, 1), [items, blocks, dimensions]. */
  readonly uniform: readonly tf.Tensor[];
  /** Sharpness of each scale: logits are divided by it. */
  readonly temperature: tf.Tensor;
};

/**
 * previous, current, forcings, uniform/k, temperature -> next [items, H, W, C], in deviations from the mean: a step of the
 * members of an ensemble (eq. 17 to 19), and the codes that were drawn.
 */
export function forecastProgram(config: WeatherModelConfig, items: number): Program {
  const { grid, refiner, scales, quantiser } = fieldModel(config);
  const [height, width, channels] = [grid.latitudes.length, grid.longitudes.length, config.channels.length];
  const field = f32(items, height, width, channels);
  const shapes = config.quantiser.scales.map(({ dimensions, levels }, k) => {
    return { blocks: refiner.scales[k]!.blocks, dimensions, levels };
  });
  const signature: TypesOf<Inputs> = {
    ...weatherWeightTypes(config),
    previous: field,
    current: field,
    forcings: f32(items, FORCINGS),
    uniform: shapes.map(({ blocks, dimensions }) => f32(items, blocks, dimensions)),
    temperature: f32(shapes.length),
  };
  return traceTyped<Inputs>(signature, (inputs) => {
    const { scaling } = inputs;
    const known = anchored(config.anchor, grid, { perChange: scaling.perChange, regression: inputs.anchor }, inputs);
    const encoding = refiner.encode(inputs.refiner, encoderInputs(known, scaling.statics), inputs.forcings);
    const predict =
      () =>
      ({ index, context }: { readonly index: number; readonly context: tf.Tensor }) => {
        const { blocks, dimensions, levels } = shapes[index]!;
        const output = refiner.refine(inputs.refiner, index, context, encoding);
        return tf.reshape(output, [items, blocks, dimensions, levels]);
      };
    const draw = (index: number, logits: tf.Tensor): tf.Tensor =>
      drawByInversion(logits, inputs.uniform[index]!, tf.slice(inputs.temperature, [index], [1]));
    const coarsest = refiner.scales[0]!;
    const start = tf.zeros([items, coarsest.height, coarsest.width, channels]);
    const visits = [...walk(scales, start, sampled(quantiser(inputs.quantiser), predict, draw))];
    const next = tf.add(known.anchor, tf.mul(visits.at(-1)!.state, scaling.innovation));
    const limited = tf.maximum(tf.minimum(next, scaling.limit), tf.neg(scaling.limit));
    return { next: limited, codes: visits.map(({ codes }) => codes) };
  });
}
