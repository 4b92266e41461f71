import { f32, NextscaleError, type Engine, type NamedArrays } from "@nextscale/engine";
import { traceTyped } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { CholeskyDecomposition, Matrix } from "ml-matrix";
import type { Cells, Neighbourhood } from "../anchor/neighbourhood.js";
import { predictorCount, predictors } from "../anchor/ridge.js";
import { stateAt } from "./missed-program.js";

/** What a regression is fitted to. */
export interface RidgeData {
  readonly grid: Cells;
  readonly neighbourhood: Neighbourhood;
  readonly channels: number;
  /** Ratio of deviation to step change [C]. */
  readonly perChange: Float32Array;
  /** Three successive states of an item [3, H, W, C], in deviations. */
  readonly states: (item: number) => Float32Array;
  /** Noise that the regression is to expect on its states, in standard deviations of a step's change. */
  readonly noise: number;
}

/** Normal equations of the rows of a grid. */
interface NormalEquations {
  /** [H, P, P] */
  readonly gram: Float64Array;
  /** [H, P, C] */
  readonly cross: Float64Array;
  readonly items: number;
}

/** Items of one run of the program. */
const BATCH = 8;

/** Sums of products over some items, made by the engine: it is most of the work of a fit. */
async function normalEquations(engine: Engine, data: RidgeData, items: Int32Array): Promise<NormalEquations> {
  const { grid, neighbourhood, channels, perChange } = data;
  const [height, width] = [grid.latitudes.length, grid.longitudes.length];
  const count = predictorCount(neighbourhood, channels);
  type Inputs = {
    readonly states: tf.Tensor;
    readonly perChange: tf.Tensor;
    readonly sums: { readonly gram: tf.Tensor; readonly cross: tf.Tensor };
  };
  const signature = {
    states: f32(BATCH, 3, height, width, channels),
    perChange: f32(channels),
    sums: { gram: f32(height, count, count), cross: f32(height, count, channels) },
  };
  const program = traceTyped<Inputs>(signature, ({ states, perChange: scale, sums }) => {
    const [previous, current, next] = [stateAt(states, 0), stateAt(states, 1), stateAt(states, 2)];
    const byRow = (x: tf.Tensor) => tf.reshape(tf.transpose(x, [1, 0, 2, 3]), [height, BATCH * width, -1]);
    const x = byRow(predictors(current, tf.mul(tf.sub(current, previous), scale), grid, neighbourhood));
    const y = byRow(tf.mul(tf.sub(next, current), scale));
    return {
      done: tf.zeros([1]),
      sums: {
        gram: tf.add(sums.gram, tf.matMul(x, x, true, false)),
        cross: tf.add(sums.cross, tf.matMul(x, y, true, false)),
      },
    };
  });
  const state = { "sums/gram": new Float32Array(height * count * count), "sums/cross": new Float32Array(height * count * channels) }; // prettier-ignore
  const executable = await engine.compile(program, { state, constants: { perChange } });
  const used = Math.floor(items.length / BATCH) * BATCH;
  try {
    const batch = new Float32Array(BATCH * 3 * height * width * channels);
    for (let first = 0; first < used; first += BATCH) {
      for (let i = 0; i < BATCH; i++) batch.set(data.states(items[first + i]!), (i * batch.length) / BATCH);
      await executable.run({ states: batch });
    }
    const sums: NamedArrays = await executable.readState();
    return {
      gram: Float64Array.from(sums["sums/gram"]!),
      cross: Float64Array.from(sums["sums/cross"]!),
      items: used * width,
    };
  } finally {
    await executable.close();
  }
}

/**
 * Solves for the weights of each row, [H, P, C]. The penalty is what noise on the states would add to the normal equations,
 * so the regression is the best one for states that are wrong by so much.
 */
function solve({ gram, cross, items }: NormalEquations, data: RidgeData): Float32Array {
  const { grid, neighbourhood, channels, perChange, noise } = data;
  const height = grid.latitudes.length;
  const count = predictorCount(neighbourhood, channels);
  const weights = new Float32Array(height * count * channels);
  // A state's own variance is 1; its noise is in changes. A change has the noise of two states.
  const penalties = Float64Array.from({ length: count }, (_, p) => {
    if (p === count - 1) return 1e-9;
    const [channel, isChange] = [p % channels, p % (2 * channels) >= channels];
    return isChange ? 2 * noise ** 2 : (noise / perChange[channel]!) ** 2;
  });
  for (let row = 0; row < height; row++) {
    const matrix = Matrix.from1DArray(count, count, gram.subarray(row * count * count, (row + 1) * count * count));
    penalties.forEach((penalty, p) => matrix.set(p, p, matrix.get(p, p) + items * penalty));
    const side = Matrix.from1DArray(
      count,
      channels,
      cross.subarray(row * count * channels, (row + 1) * count * channels),
    );
    const factor = new CholeskyDecomposition(matrix);
    if (!factor.isPositiveDefinite()) throw notDetermined(grid.latitudes[row]!, items, count);
    weights.set(factor.solve(side).to1DArray(), row * count * channels);
  }
  return weights;
}

/** A regression fitted to all items, and one to each half of them. */
export interface FittedRidge {
  /** [H, P, C] */
  readonly weights: Float32Array;
  /** For items of the first half, then of the second: the regression that was fitted to the other half, [H, P, 2 C]. */
  readonly folds: Float32Array;
}

/**
 * Fits the change over a step by a regression for each row of the grid.
 *
 * A network that learns what a regression misses must not learn it on items that the regression was fitted to: it would see
 * errors that are too small, and its forecasts would spread too little. So there is one for each half, fitted to the other.
 *
 * @param halves items of the first and of the second half
 */
export async function fitRidge(
  engine: Engine,
  data: RidgeData,
  halves: readonly [Int32Array, Int32Array],
): Promise<FittedRidge> {
  const first = await normalEquations(engine, data, halves[0]);
  const second = await normalEquations(engine, data, halves[1]);
  const all = {
    gram: first.gram.map((value, i) => value + second.gram[i]!),
    cross: first.cross.map((value, i) => value + second.cross[i]!),
    items: first.items + second.items,
  };
  const [unseenByFirst, unseenBySecond] = [solve(second, data), solve(first, data)];
  const { channels } = data;
  return {
    weights: solve(all, data),
    folds: Float32Array.from({ length: 2 * unseenByFirst.length }, (_, at) => {
      const [p, c] = [Math.floor(at / (2 * channels)), at % (2 * channels)];
      return c < channels ? unseenByFirst[p * channels + c]! : unseenBySecond[p * channels + c - channels]!;
    }),
  };
}

/** Float32 sums lose the penalty when fields hardly change over a step, and too few items do not determine the weights. */
function notDetermined(latitude: number, items: number, count: number): NextscaleError {
  return new NextscaleError({
    code: "invalid-data",
    where: "weather/fitRidge",
    expected: `fields that determine the ${count} weights of the regression at latitude ${latitude.toFixed(1)}`,
    got: `${items} that do not`,
    fix: "take longer steps, more data, more input noise or a smaller neighbourhood",
  });
}
