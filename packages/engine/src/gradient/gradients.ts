import type * as tf from "@tensorflow/tfjs-core";
import { NextscaleError } from "../errors.js";
import type { ValueId } from "../ir/program.js";
import { fuseInPlace } from "../passes/fusion/fuse.js";
import { activeRecording, isTensor } from "../trace/trace.js";
import { flattenTree, mapTree, type Tree } from "../trace/tree.js";
import { reverseSweep } from "./reverse-sweep.js";

/**
 * The gradient of a scalar with respect to every tensor of a tree, inside a trace.
 *
 * @param loss scalar computed from `wrt` earlier in the same trace
 * @param wrt tensors in nested records and arrays, usually the parameters
 * @returns a tree of the same form; tensors that the loss does not depend on get zeros
 * @throws NextscaleError `no-gradient`, `shape`; `invalid-argument` outside a trace
 *
 * @example
 * trace(({ w, x }) => {
 *   const loss = tf.mean(tf.square(tf.matMul(x, w)));
 *   return { loss, gradient: gradients(loss, w) };
 * }, { w: f32(3, 2), x: f32(8, 3) });
 */
export function gradients<T extends Tree<tf.Tensor>>(loss: tf.Tensor, wrt: T): T {
  const recording = activeRecording();
  if (recording === null) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "engine/gradients",
      expected: "a call inside trace()",
      got: "a call outside",
      fix: "trace the function that needs the gradient",
    });
  }
  const leaves = flattenTree<tf.Tensor>(wrt, isTensor);
  const values = leaves.map(([, tensor]) => recording.valueFor(tensor));
  fuseInPlace(recording.graph, values);
  const results = reverseSweep(recording.graph, recording.valueFor(loss), values);
  const byPath = new Map(leaves.map(([path], i) => [path, results[i] as ValueId]));
  return mapTree<tf.Tensor, tf.Tensor>(wrt, isTensor, (_tensor, path) =>
    recording.tensorOf(byPath.get(path) as ValueId),
  ) as T;
}
