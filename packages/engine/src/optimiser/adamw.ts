import * as tf from "@tensorflow/tfjs-core";
import { sizeOf, type NamedArrays, type TensorType } from "../ir/tensor-type.js";
import { isTensor } from "../trace/trace.js";
import { flattenTree, isTensorType, mapTree, type Tree } from "../trace/tree.js";
import { demandPositive, demandWithin, leavesLike, leavesOf } from "./checks.js";

/** Decoupled weight decay per unit of learning rate, unless told. */
export const DEFAULT_DECAY = 0.05;

const WHERE = "engine/adamW";

/** Constants of AdamW that are fixed for a whole training. */
export interface AdamWOptions {
  /** Decay rates of the two moment averages, each in [0, 1); default (0.9, 0.95). */
  readonly betas?: readonly [number, number];
  /** Added to the root of the second moment, above 0; default 1e-8. */
  readonly epsilon?: number;
  /** Decoupled weight decay per unit of learning rate, from 0; default 0.05. */
  readonly weightDecay?: number;
  /** Which parameters decay, by path; default those of two or more axes (not biases, scales, embeddings of one axis). */
  readonly decays?: (path: string, tensor: tf.Tensor) => boolean;
}

/** Moments of AdamW for parameters of the form `T`, and the number of steps taken (a float32 scalar). */
export type AdamWState<T> = {
  readonly first: T;
  readonly second: T;
  readonly step: tf.Tensor;
};

/**
 * One step of AdamW with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2), as traced code.
 *
 * The averages kept are m/(1-beta1) and v/(1-beta2): the same update with two fewer passes over memory, since the
 * constant factors move into scalars.
 *
 * @param learningRate scalar tensor, already scheduled
 * @returns new parameters and state, of the same form
 * @throws NextscaleError `invalid-argument` for a constant outside its range, or gradients or moments of another form
 */
export function adamW<T extends Tree<tf.Tensor>>(
  parameters: T,
  gradients: T,
  state: AdamWState<T>,
  learningRate: tf.Tensor,
  options: AdamWOptions = {},
): { parameters: T; state: AdamWState<T> } {
  const {
    betas = [0.9, 0.95],
    epsilon = 1e-8,
    weightDecay = DEFAULT_DECAY,
    decays = (_path, tensor) => tensor.rank > 1,
  } = options;
  const [beta1, beta2] = betas;
  for (const beta of betas) demandWithin(WHERE, "beta", beta, 0, 1);
  demandPositive(WHERE, "epsilon", epsilon);
  demandWithin(WHERE, "weightDecay", weightDecay, 0);
  const step = tf.add(state.step, 1);
  const correction = (beta: number) => tf.div(tf.sub(1, tf.exp(tf.mul(step, Math.log(beta)))), 1 - beta);
  const secondScale = tf.sqrt(correction(beta2));
  // update = lr (m/c1) / (sqrt(v/c2) + eps) = [lr sqrt(c2) / c1] m / (sqrt(v) + eps sqrt(c2))
  const rate = tf.div(tf.mul(learningRate, secondScale), correction(beta1));
  const floor = tf.mul(secondScale, epsilon);
  const retained = tf.sub(1, tf.mul(learningRate, weightDecay));

  const at = <V>(tree: T, build: (tensor: tf.Tensor, path: string) => V) =>
    mapTree<tf.Tensor, V>(tree, isTensor, build);
  const leaves = leavesOf(parameters);
  const g = leavesLike(WHERE, "gradients", gradients, leaves);
  const m = leavesLike(WHERE, "first moments", state.first, leaves);
  const v = leavesLike(WHERE, "second moments", state.second, leaves);
  const first = at(state.first, (_, path) => tf.add(tf.mul(m(path), beta1), g(path))) as T;
  const second = at(state.second, (_, path) => tf.add(tf.mul(v(path), beta2), tf.square(g(path)))) as T;
  const [m1, v1] = [leavesOf(first), leavesOf(second)];
  const updated = at(parameters, (parameter, path) => {
    const kept = decays(path, parameter) ? tf.mul(parameter, retained) : parameter;
    return tf.sub(kept, tf.div(tf.mul(m1.get(path)!, rate), tf.add(tf.sqrt(v1.get(path)!), floor)));
  }) as T;
  return { parameters: updated, state: { first, second, step } };
}

/** The types of AdamW's state for parameters of the given types: part of a training program's signature. */
export function adamWSignature<S extends Tree<TensorType>>(parameters: S): { first: S; second: S; step: TensorType } {
  return { first: parameters, second: parameters, step: { dtype: "float32", shape: [] } };
}

/** Zero moments and step 0, named `prefix/first/...`, `prefix/second/...`, `prefix/step`. */
export function adamWZeros(parameters: Tree<TensorType>, prefix: string): NamedArrays {
  const leaves = flattenTree<TensorType>(parameters, isTensorType);
  const moment = (kind: string) =>
    leaves.map(([path, type]) => [`${prefix}/${kind}/${path}`, new Float32Array(sizeOf(type.shape))] as const);
  return { ...Object.fromEntries([...moment("first"), ...moment("second")]), [`${prefix}/step`]: new Float32Array(1) };
}
