import {
  clipByGlobalNorm,
  f32,
  flattenTree,
  gradients,
  isTensorType,
  movingAverage,
  sizeOf,
  type Engine,
  type Executable,
  type NamedArrays,
  type Program,
  type TensorType,
  type Tree,
} from "@nextscale/engine";
import { traceTyped, type TypesOf } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import { noisyBatches } from "../data/batches.js";
import { tabulatedNoise } from "../data/noise.js";
import { stepsPerEpoch } from "../settings.js";
import { batchTypes, noisyLoss, type BatchTensors, type VariantRun } from "../training/variant-stage.js";
import { networkTypes, type Networks } from "../variant/networks.js";

/** Mini-batches that gradients are compared over, or all of an epoch that has fewer. */
const BATCHES = 32;

type Inputs = {
  readonly mean: Networks;
  readonly parameters: Networks;
  readonly batch: BatchTensors;
  /** Share of the old mean in the new one. */
  readonly kept: tf.Tensor;
};

/** Takes the gradient of one mini-batch into a mean, and gives its norm. */
function gradientProgram(run: VariantRun): Program {
  const types = networkTypes(run.variant);
  const loss = noisyLoss(run);
  const signature: TypesOf<Inputs> = { mean: types, parameters: types, batch: batchTypes, kept: f32() };
  return traceTyped<Inputs>(signature, ({ mean, parameters, batch, kept }) => {
    const slopes: Tree<tf.Tensor> = gradients(loss(parameters, batch), parameters as Tree<tf.Tensor>);
    return { norm: clipByGlobalNorm(slopes, 1).norm, mean: movingAverage(mean as Tree<tf.Tensor>, slopes, kept) };
  });
}

/** Measures how much gradients of mini-batches differ, at different parameters. */
export interface GradientMeter {
  /**
   * tr(Σ)/|g|²: Σ is the covariance of the gradients g_b of B mini-batches, without bias, and g their mean. It has no units,
   * so that losses of different kinds can be compared.
   *
   * @param parameters named `parameters/...`
   */
  readonly noise: (parameters: NamedArrays) => Promise<number>;
  readonly close: () => Promise<void>;
}

/** A meter of one variant: the mini-batches are the same at all parameters, and for all variants of a seed. It is compiled when needed. */
export function gradientMeter(engine: Engine, run: VariantRun): GradientMeter {
  const { variant, digits, settings, seed } = run;
  const batchAt = noisyBatches(digits, seed, tabulatedNoise(seed, "gradient", 2 ** 18), "gradient");
  const count = Math.min(BATCHES, stepsPerEpoch(settings));
  const leaves = flattenTree<TensorType>(networkTypes(variant), isTensorType);
  const zeros = Object.fromEntries(
    leaves.map(([path, { shape }]) => [`mean/${path}`, new Float32Array(sizeOf(shape))]),
  );
  let compiled: Promise<Executable> | undefined;
  return {
    async noise(parameters) {
      const executable = await (compiled ??= engine.compile(gradientProgram(run), { state: zeros }));
      let squares = 0;
      for (let b = 0; b < count; b++) {
        const { clean, noise } = batchAt(b);
        // Of the first batch nothing is kept of the mean before, whatever it was.
        const inputs = { "batch/clean": clean, "batch/noise": noise, kept: Float32Array.of(b / (b + 1)) };
        squares += (await executable.run({ ...parameters, ...inputs }))["norm"]![0]! ** 2;
      }
      const mean = Object.values(await executable.readState()).flatMap((data) => [sumOfSquares(data as Float32Array)]);
      return relativeVariance(count, squares, mean.reduce((a, b) => a + b, 0)); // prettier-ignore
    },
    close: async () => (await compiled)?.close(),
  };
}

/**
 * Total variance of vectors over the squared norm of their mean.
 *
 * @param squares sum of the vectors' squared norms
 * @param meanSquares squared norm of their mean
 */
export function relativeVariance(count: number, squares: number, meanSquares: number): number {
  return (squares - count * meanSquares) / (count - 1) / meanSquares;
}

function sumOfSquares(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
