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
import { encoderInputs, fieldModel, type FieldScaling } from "../model/field-model.js";
import { foldTypes, stateAt } from "./missed-program.js";
import { FORCINGS } from "../model/forcings.js";
import { sphericalCoarsening } from "../pyramid/spherical-coarsening.js";
import { toBlocks, toTokens } from "../refiner/field-tokens.js";
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
  /** Regressions fitted on either half of the data, [H, predictors, 2 C]; empty for persistence. */
  readonly folds: readonly tf.Tensor[];
  readonly quantiser: readonly TransformCodebook[];
  readonly state: WeightState<FieldRefinerParameters>;
  /** Three successive states [batch, 3, H, W, C], in deviations from the mean. */
  readonly states: tf.Tensor;
  /** Standard normal, for the first two states [batch, 2, H, W, C]. */
  readonly noise: tf.Tensor;
  /** Which regression did not see an item: [batch, 1, 1, 1], 0 or 1. */
  readonly fold: tf.Tensor;
  readonly forcings: tf.Tensor;
  /** For each scale int32 [batch, tokens, dimensions]: -1, 0 or 1 added to a code. */
  readonly shifts: readonly tf.Tensor[];
};

/**
 * One training step. The target is what the anchor misses of the next state; its codes are made on the way, with some of
 * them moved by a level and the targets of the finer scales recomputed. Loss: cross-entropy in nats a code, the mean over
 * each scale by area, added up over the scales (eq. 18), so that a scale of few codes weighs as much as one of many.
 */
export function refinerProgram(
  config: WeatherModelConfig,
  training: WeatherTrainingConfig,
  types: {
    readonly scaling: TypesOf<FieldScaling>;
    readonly quantiser: TypesOf<readonly TransformCodebook[]>;
    readonly refiner: TypesOf<FieldRefinerParameters>;
  },
): Program {
  const { batchSize, weightDecay, inputNoise } = training;
  const { grid, refiner, scales, quantiser } = fieldModel(config);
  const [height, width, channels] = [grid.latitudes.length, grid.longitudes.length, config.channels.length];
  const { depth, expansion } = config.pyramid;
  const coarsening = sphericalCoarsening(tensorGrid, grid, depth, expansion);
  const codes = config.quantiser.scales.map(({ dimensions, levels }, k) => {
    return { dimensions, levels, blocks: refiner.scales[k]!.blocks };
  });
  const size = [height, width, channels] as const;
  const signature: TypesOf<Inputs> = {
    scaling: types.scaling,
    folds: foldTypes(config.anchor, { grid, channels: config.channels }),
    quantiser: types.quantiser,
    state: weightStateTypes(types.refiner),
    states: f32(batchSize, 3, ...size),
    noise: f32(batchSize, 2, ...size),
    fold: f32(batchSize, 1, 1, 1),
    forcings: f32(batchSize, FORCINGS),
    shifts: codes.map(({ blocks, dimensions }) => i32(batchSize, blocks, dimensions)),
    ...scheduledTypes,
  };
  return traceTyped<Inputs>(signature, (inputs) => {
    const { scaling, state, states, noise, fold, shifts } = inputs;
    const noisy = (time: number) =>
      tf.add(stateAt(states, time), tf.div(tf.mul(stateAt(noise, time), inputNoise), scaling.perChange));
    const pair = { previous: noisy(0), current: noisy(1) };
    const weights = { perChange: scaling.perChange, regression: inputs.folds };
    const known = anchored(config.anchor, grid, weights, pair, (both) => byUnseen(both, fold));
    const missed = tf.div(tf.sub(stateAt(states, 2), known.anchor), scaling.innovation);
    const levels = gaussianPyramid(coarsening, missed, depth);
    const coder = quantiser(inputs.quantiser);
    const move = (k: number, chosen: tf.Tensor) =>
      tf.maximum(
        tf.minimum(tf.add(chosen, shifts[k]!), tf.scalar(codes[k]!.levels - 1, "int32")),
        tf.scalar(0, "int32"),
      );
    const visits = [...walk(scales, tf.zerosLike(levels.at(-1)!), corrupted(coder, encode(coder, levels), move))];
    const encoding = refiner.encode(
      state.parameters,
      stopGradient(encoderInputs(known, scaling.statics)),
      inputs.forcings,
    );
    const losses = visits.map(({ context, targets }, k) => {
      const { blocks, dimensions, levels: count } = codes[k]!;
      const output = refiner.refine(state.parameters, k, stopGradient(context), encoding);
      const logits = tf.reshape(output, [batchSize, blocks, dimensions, count]);
      const nats = tf.mean(softmaxCrossEntropy(logits, targets), -1);
      return tf.mean(tf.mul(nats, blockAreas(grid, refiner.scales[k]!)));
    });
    const loss = losses.reduce((sum, one) => tf.add(sum, one));
    const next = updateWeights(loss, state, inputs, { betas: BETAS, weightDecay, orthogonalised: isHiddenMatrix });
    return { loss, ...Object.fromEntries(losses.map((one, k) => [`nats${k + 1}`, one])), state: next };
  });
}

/** Area of each block of a scale as a multiple of the mean block's, [1, blocks]. */
function blockAreas(grid: Grid, { height, width, side }: ScaleTokens): tf.Tensor {
  const rows = areaWeights(grid.areaWeights, height).map((area) => (area * height) / grid.latitudes.length);
  const cells = Float32Array.from({ length: height * width }, (_, cell) => rows[Math.floor(cell / width)]!);
  // Through the rearrangement that brings the values of a field into the order of its blocks.
  return tf.mean(toBlocks(toTokens(tf.tensor4d(cells, [1, height, width, 1]), side), side), -1);
}
