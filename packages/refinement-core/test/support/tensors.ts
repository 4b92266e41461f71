import { mapTree, type Tree } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import type { HostTensor } from "../../src/pyramid/host-tensor.js";
import { isHostTensor, type TensorParameters } from "../../src/refiner/parameters.js";
import { normals } from "./random.js";

/** A host tree as tensors of the current backend. */
export function toTensors<Host extends Tree<HostTensor>>(host: Host): TensorParameters<Host> {
  return mapTree(host, isHostTensor, ({ data, shape }) => tf.tensor(data, [...shape])) as TensorParameters<Host>;
}

export function randomTensor(name: string, shape: number[], deviation = 1): tf.Tensor {
  const count = shape.reduce((product, extent) => product * extent, 1);
  return tf.tensor(
    normals(name, count).map((draw) => draw * deviation),
    shape,
  );
}

export function largestDifference(a: tf.Tensor, b: tf.Tensor): number {
  expectSameShape(a, b);
  return tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] ?? NaN;
}

function expectSameShape(a: tf.Tensor, b: tf.Tensor): void {
  if (a.shape.join() !== b.shape.join()) throw new Error(`shapes differ: ${a.shape.join()} and ${b.shape.join()}`);
}
