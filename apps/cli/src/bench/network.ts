import {
  adamW,
  adamWSignature,
  adamWZeros,
  clipByGlobalNorm,
  f32,
  flattenTree,
  gradients,
  isTensorType,
  philox4x32,
  sizeOf,
  trace,
  type AdamWState,
  type NamedArrays,
  type Program,
  type TensorsOf,
  type TensorType,
  type Tree,
} from "@nextscale/engine";
import type * as tf from "@tensorflow/tfjs-core";

/** A network to time: its loss as traced code, and the floating-point operations of the products in one training step. */
export interface BenchNetwork {
  readonly name: string;
  readonly parameters: Tree<TensorType>;
  readonly batch: Tree<TensorType>;
  readonly loss: (parameters: Tree<tf.Tensor>, batch: Tree<tf.Tensor>) => tf.Tensor;
  /** Integer inputs are labels or tokens below this bound. */
  readonly classes: number;
  /** Multiply-adds count twice; forward and backward products that the step really computes. */
  readonly flops: number;
  /** Steps that one call of the engine takes: several where a step is short against copying its state in and out. */
  readonly stepsPerRun: number;
}

/** Lets a network's loss be written against the exact form of its own parameters and batch. */
export function defineNetwork<P extends Tree<TensorType>, B extends Tree<TensorType>>(
  network: Omit<BenchNetwork, "loss"> & {
    readonly parameters: P;
    readonly batch: B;
    readonly loss: (parameters: TensorsOf<P>, batch: TensorsOf<B>) => tf.Tensor;
  },
): BenchNetwork {
  return network as unknown as BenchNetwork;
}

/** Gradient norm above which the step scales gradients down. */
const MAXIMUM_NORM = 1;

/** A whole training step as a program: loss, gradients, clipping, AdamW. State: parameters and moments. */
export function trainingStep(network: BenchNetwork): Program {
  const step = ({ parameters, optimiser, batch, learningRate }: StepInputs) => {
    const loss = network.loss(parameters, batch);
    const { clipped } = clipByGlobalNorm(gradients(loss, parameters), MAXIMUM_NORM);
    const next = adamW(parameters, clipped, optimiser, learningRate);
    return { loss, parameters: next.parameters, optimiser: next.state };
  };
  const { parameters, batch } = network;
  const signature: Tree<TensorType> = { parameters, optimiser: adamWSignature(parameters), batch, learningRate: f32() };
  return trace(step as unknown as (inputs: unknown) => Tree<tf.Tensor>, signature);
}

interface StepInputs {
  readonly parameters: Tree<tf.Tensor>;
  readonly optimiser: AdamWState<Tree<tf.Tensor>>;
  readonly batch: Tree<tf.Tensor>;
  readonly learningRate: tf.Tensor;
}

/** Initial state of the step: weights uniform with variance 1/fan-in, scales one, biases zero. */
export function initialState(network: BenchNetwork): NamedArrays {
  const entries = flattenTree<TensorType>(network.parameters, isTensorType).map(([path, type], i) => {
    const bound = type.shape.length > 1 ? Math.sqrt(3 / (sizeOf(type.shape) / type.shape.at(-1)!)) : 0;
    const values = uniform(sizeOf(type.shape), i).map((u) => (2 * u - 1) * bound);
    return [`parameters/${path}`, path.endsWith("scale") ? values.fill(1) : values] as const;
  });
  return { ...Object.fromEntries(entries), ...adamWZeros(network.parameters, "optimiser") };
}

/** Fixed batches for the steps of a run, one after the other: floats uniform in (0, 1), integers uniform below `classes`. */
export function randomBatches(network: BenchNetwork): NamedArrays {
  return Object.fromEntries(
    flattenTree<TensorType>(network.batch, isTensorType).map(([path, type], i) => {
      const values = uniform(network.stepsPerRun * sizeOf(type.shape), 1000 + i);
      const data = type.dtype === "int32" ? Int32Array.from(values, (u) => Math.floor(u * network.classes)) : values;
      return [path === "" ? "batch" : `batch/${path}`, data];
    }),
  );
}

function uniform(count: number, stream: number): Float32Array {
  const words = new Uint32Array(4 * Math.ceil(count / 4));
  for (let block = 0; block < words.length / 4; block++) philox4x32([block, 0, 0, stream], [1, 0], words, 4 * block);
  return Float32Array.from({ length: count }, (_, i) => words[i]! / 2 ** 32);
}
