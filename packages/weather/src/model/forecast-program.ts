import { f32, type Program } from "@nextscale/engine";
import { drawByInversion, sampled, traceTyped, walk, type TypesOf } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { WeatherModelConfig } from "../config/config.js";
import { anchored } from "./anchor.js";
import { possibleState } from "./possible-state.js";
import { encoderInputs, fieldModel, weatherWeightTypes, type WeatherWeights } from "./field-model.js";
import { FORCINGS } from "./forcings.js";
import { logitsOf } from "./logits.js";
import { passesOver, passQuantiser, passScales } from "../refiner/passes.js";

type Inputs = WeatherWeights & {
  readonly previous: tf.Tensor;
  readonly current: tf.Tensor;
  readonly forcings: tf.Tensor;
  /** For each scale in (0, 1), [items, tokens, dimensions]. */
  readonly uniform: readonly tf.Tensor[];
  /** Sharpness of each scale: logits are divided by it. */
  readonly temperature: tf.Tensor;
};

/**
 * previous, current, forcings, uniform/k, temperature -> next [items, H, W, C], in deviations from the mean: a step of the
 * members of an ensemble (eq. 17 to 19).
 */
export function forecastProgram(config: WeatherModelConfig, items: number): Program {
  const { grid, refiner, scales, quantiser } = fieldModel(config);
  const [height, width, channels] = [grid.latitudes.length, grid.longitudes.length, config.channels.length];
  const field = f32(items, height, width, channels);
  const shapes = config.quantiser.scales.map(({ dimensions, levels }, k) => {
    return { tokens: refiner.scales[k]!.count, dimensions, levels };
  });
  const signature: TypesOf<Inputs> = {
    ...weatherWeightTypes(config),
    previous: field,
    current: field,
    forcings: f32(items, FORCINGS),
    uniform: shapes.map(({ tokens, dimensions }) => f32(items, tokens, dimensions)),
    temperature: f32(shapes.length),
  };
  return traceTyped<Inputs>(signature, (inputs) => {
    const { scaling } = inputs;
    const { truncation: components, anchor: regression } = inputs;
    const known = anchored(config.anchor, grid, { perChange: scaling.perChange, regression, components }, inputs);
    const encoding = refiner.encode(inputs.refiner, encoderInputs(known, scaling.statics), inputs.forcings);
    const passes = passesOver(shapes.length, config.passes);
    const predict =
      () =>
      ({ index, context }: { readonly index: number; readonly context: tf.Tensor }) =>
        logitsOf(refiner, inputs.refiner, passes[index]!, shapes[passes[index]!.scale]!, context, encoding);
    const draw = (index: number, logits: tf.Tensor): tf.Tensor => {
      const { scale } = passes[index]!;
      return drawByInversion(logits, inputs.uniform[scale]!, tf.slice(inputs.temperature, [scale], [1]));
    };
    const coder = passQuantiser(quantiser(inputs.quantiser), passes);
    const coarsest = refiner.scales[0]!;
    const start = tf.zeros([items, coarsest.height, coarsest.width, channels]);
    const visits = [...walk(passScales(scales, refiner.scales, passes), start, sampled(coder, predict, draw))];
    const drawn = tf.add(known.anchor, tf.mul(visits.at(-1)!.state, scaling.innovation));
    return { next: possibleState({ truncation: config.truncation, grid, components }, scaling.limit, drawn) };
  });
}
