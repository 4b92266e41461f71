import { f32, i32, softmaxCrossEntropy, stopGradient, type Program } from "@nextscale/engine";
import {
  areaWeights,
  corrupted,
  encode,
  gaussianPyramid,
  scheduledTypes,
  tensorGrid,
  traceTyped,
  updateWeights,
  walk,
  weightStateTypes,
  type ScheduledInputs,
  type TransformCodebook,
  type TypesOf,
  type WeightState,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { WeatherModelConfig, WeatherTrainingConfig } from "../config/config.js";
import { anchored, byUnseen } from "../model/anchor.js";
import { truncated } from "../model/possible-state.js";
import { encoderInputs, fieldModel, type FieldScaling } from "../model/field-model.js";
import { foldTypes, stateAt } from "./missed-program.js";
import { FORCINGS } from "../model/forcings.js";
import { fieldPyramid } from "../pyramid/field-pyramid.js";
import type { Grid } from "../grid/grid.js";
import type { ScaleTokens } from "../refiner/token-grids.js";
import type { FieldRefinerParameters } from "../refiner/field-refiner.js";

/** Second-moment decay of 0.95 forgets the early gradients soon enough for a run of an hour. */
const BETAS = [0.9, 0.95] as const;

/** Moved along orthogonalised directions: the matrices of attention and feed-forward layers. */
const isHiddenMatrix = (path: string, { shape }: { readonly shape: readonly number[] }): boolean =>
  shape.length === 2 && /(^|\/)block\//.test(path);

type Inputs = ScheduledInputs & {
  readonly scaling: FieldScaling;
  /** As `WeatherWeights.truncation`. */
  readonly truncation: readonly tf.Tensor[];
  /** Regressions fitted on either half of the data, [H, predictors, 2 C]; empty for persistence. */
  readonly folds: readonly tf.Tensor[];
  readonly quantiser: readonly TransformCodebook[];
  readonly state: WeightState<FieldRefinerParameters>;
  /** Three successive states [batch, 3, H, W, C], in deviations from the mean. */
  readonly states: tf.Tensor;
  /** Noise on the first two states, in units of `inputNoise` [batch, 2, H, W, C]. */
  readonly noise: tf.Tensor;
  /** Which regression did not see an item: [batch, 1, 1, 1], 0 or 1. */
  readonly fold: tf.Tensor;
  readonly forcings: tf.Tensor;
  /** For each scale but the finest int32 [batch, tokens, dimensions]: -1, 0 or 1 added to a code. */
  readonly shifts: readonly tf.Tensor[];
  /** Which tokens of the finest scale are drawn already [batch, tokens, 1], 0 or 1. */
  readonly drawn: tf.Tensor;
};

/**
 * One training step. The target is what the anchor misses of the next state; its codes are made on the way, with some of
 * them moved by a level and the targets of the finer scales recomputed.
 *
 * Loss: the cross-entropy of the codes of each scale (eq. 18), by area, as a share of what the levels' frequencies alone would
 * give, so every scale begins at 1. Scales weigh as the root of the nats that they hold: by the nats themselves the finest
 * would be all that counts, and with equal weights the few codes of the coarsest would drown the others in noise.
 *
 * @param entropies nats of a token of each scale by the levels' frequencies
 */
export function refinerProgram(
  config: WeatherModelConfig,
  training: WeatherTrainingConfig,
  types: {
    readonly scaling: TypesOf<FieldScaling>;
    readonly truncation: TypesOf<readonly tf.Tensor[]>;
    readonly quantiser: TypesOf<readonly TransformCodebook[]>;
    readonly refiner: TypesOf<FieldRefinerParameters>;
  },
  entropies: readonly number[],
): Program {
  const { batchSize, weightDecay, inputNoise } = training;
  const { grid, refiner, scales, quantiser } = fieldModel(config);
  const [height, width, channels] = [grid.latitudes.length, grid.longitudes.length, config.channels.length];
  const { factors, expansion } = config.pyramid;
  const coarsening = fieldPyramid(tensorGrid, grid, factors, expansion);
  const codes = config.quantiser.scales.map(({ dimensions, levels }, k) => {
    return { dimensions, levels, tokens: refiner.scales[k]!.count };
  });
  const size = [height, width, channels] as const;
  const signature: TypesOf<Inputs> = {
    scaling: types.scaling,
    truncation: types.truncation,
    folds: foldTypes(config),
    quantiser: types.quantiser,
    state: weightStateTypes(types.refiner),
    states: f32(batchSize, 3, ...size),
    noise: f32(batchSize, 2, ...size),
    fold: f32(batchSize, 1, 1, 1),
    forcings: f32(batchSize, FORCINGS),
    shifts: codes.slice(0, -1).map(({ tokens, dimensions }) => i32(batchSize, tokens, dimensions)),
    drawn: f32(batchSize, codes.at(-1)!.tokens, 1),
    ...scheduledTypes,
  };
  return traceTyped<Inputs>(signature, (inputs) => {
    const { scaling, truncation: components, state, states, noise, fold, shifts } = inputs;
    const noisy = (time: number) => {
      const own = tf.div(tf.mul(stateAt(noise, time), inputNoise), scaling.perChange);
      return tf.add(stateAt(states, time), truncated({ truncation: config.truncation, grid, components }, own));
    };
    const pair = { previous: noisy(0), current: noisy(1) };
    const weights = { perChange: scaling.perChange, regression: inputs.folds, components };
    const known = anchored(config.anchor, grid, weights, pair, (both) => byUnseen(both, fold));
    const missed = tf.div(tf.sub(stateAt(states, 2), known.anchor), scaling.innovation);
    const levels = gaussianPyramid(coarsening, missed, factors.length);
    const coder = quantiser(inputs.quantiser);
    // There is no finer scale that could repair the finest one.
    const move = (k: number, chosen: tf.Tensor) =>
      shifts[k] === undefined ? chosen : within(tf.add(chosen, shifts[k]), codes[k]!.levels);
    const visits = [...walk(scales, tf.zerosLike(levels.at(-1)!), corrupted(coder, encode(coder, levels), move))];
    const encoding = refiner.encode(
      state.parameters,
      stopGradient(encoderInputs(known, scaling.statics)),
      inputs.forcings,
    );
    const losses = visits.map(({ context, targets, value }, k) => {
      const { tokens, dimensions, levels: count } = codes[k]!;
      const drawn = k === codes.length - 1 ? inputs.drawn : undefined;
      const seen = drawn === undefined ? context : scales[k]!.refine(context, tf.mul(value, drawn), context);
      const output = refiner.refine(state.parameters, k, stopGradient(seen), encoding, drawn);
      const logits = tf.reshape(output, [batchSize, tokens, dimensions, count]);
      const nats = tf.sum(softmaxCrossEntropy(logits, targets), -1);
      const areas = tf.tensor2d(tokenAreas(grid, refiner.scales[k]!), [1, tokens]);
      const weights = drawn === undefined ? areas : tf.mul(areas, tf.sub(1, tf.reshape(drawn, [batchSize, tokens])));
      const items = drawn === undefined ? batchSize : 1;
      return tf.div(tf.sum(tf.mul(nats, weights)), tf.mul(tf.sum(weights), items * entropies[k]!));
    });
    const roots = codes.map(({ tokens }, k) => Math.sqrt(tokens * entropies[k]!));
    const total = roots.reduce((sum, root) => sum + root, 0);
    const loss = tf.addN(losses.map((one, k) => tf.mul(one, roots[k]! / total)));
    const next = updateWeights(loss, state, inputs, { betas: BETAS, weightDecay, orthogonalised: isHiddenMatrix });
    return { loss, ...Object.fromEntries(losses.map((one, k) => [`scale${k + 1}`, one])), state: next };
  });
}

/** int32 codes kept from 0 to below `levels`. */
function within(codes: tf.Tensor, levels: number): tf.Tensor {
  return tf.maximum(tf.minimum(codes, tf.scalar(levels - 1, "int32")), tf.scalar(0, "int32"));
}

/** Area of each token of a scale, [tokens]. */
function tokenAreas(grid: Grid, { latitudes, longitudes }: ScaleTokens): Float32Array {
  const rows = areaWeights(grid.areaWeights, latitudes.length);
  return Float32Array.from(Array.from(longitudes, () => Array.from(rows)).flat());
}
