import { NextscaleError } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import { hostTensor, type HostTensor } from "./host-tensor.js";
import { isIdentity, transposeMatrix, type Matrix } from "./matrix.js";

/** A separable linear map of a grid: `rows` acts on the height, `columns` on the width. */
export interface GridOperator {
  readonly rows: Matrix;
  readonly columns: Matrix;
}

/** The adjoint of a grid operator. */
export function adjoint({ rows, columns }: GridOperator): GridOperator {
  return { rows: transposeMatrix(rows), columns: transposeMatrix(columns) };
}

/** The same matrices-and-sums for whatever holds the numbers, so that a pyramid is written once. */
export interface GridArithmetic<X> {
  /**
   * Applies an operator to grids [N, H, W, C].
   *
   * @throws NextscaleError `shape` when the grids do not have the operator's input size
   */
  apply(operator: GridOperator, x: X): X;
  /** a + b. */
  add(a: X, b: X): X;
  /** a - b. */
  subtract(a: X, b: X): X;
}

/**
 * Grids as tfjs tensors: two matrix products, so it can be traced and its gradient is the adjoint. Outside a trace the
 * matrices are new tensors at every call; use `tf.tidy`.
 */
export const tensorGrid: GridArithmetic<tf.Tensor> = {
  apply(operator, x) {
    const [items, height, width, channels] = gridShape(operator, x.shape);
    const { rows, columns } = operator;
    const tall = isIdentity(rows) ? x : tf.matMul(asTensor(rows), tf.reshape(x, [items, height, width * channels]));
    if (isIdentity(columns)) return tf.reshape(tall, [items, rows.rows, width, channels]);
    const wide = tf.matMul(asTensor(columns), tf.reshape(tall, [items * rows.rows, width, channels]));
    return tf.reshape(wide, [items, rows.rows, columns.rows, channels]);
  },
  add: (a, b) => tf.add(a, b),
  subtract: (a, b) => tf.sub(a, b),
};

/** Grids as host arrays; sums in double precision. */
export const hostGrid: GridArithmetic<HostTensor> = {
  apply(operator, x) {
    const [items, height, width, channels] = gridShape(operator, x.shape);
    const { rows, columns } = operator;
    const tall = mixAxis(rows, x.data, items, height, width * channels);
    const wide = mixAxis(columns, tall, items * rows.rows, width, channels);
    return hostTensor([items, rows.rows, columns.rows, channels], wide);
  },
  add: (a, b) => combine(a, b, (p, q) => p + q),
  subtract: (a, b) => combine(a, b, (p, q) => p - q),
};

function asTensor(a: Matrix): tf.Tensor {
  return tf.tensor2d(Float32Array.from(a.data), [a.rows, a.columns]);
}

/** Applies `a` to the middle axis of [outer, a.columns, inner]. */
function mixAxis(a: Matrix, x: Float32Array, outer: number, size: number, inner: number): Float32Array {
  if (isIdentity(a)) return x;
  const out = new Float32Array(outer * a.rows * inner);
  const sums = new Float64Array(inner);
  for (let block = 0; block < outer * a.rows; block++) {
    const row = block % a.rows;
    const base = ((block - row) / a.rows) * size * inner;
    sums.fill(0);
    for (let k = 0; k < size; k++) {
      const weight = a.data[row * size + k]!;
      if (weight === 0) continue;
      for (let i = 0; i < inner; i++) sums[i]! += weight * x[base + k * inner + i]!;
    }
    out.set(sums, block * inner);
  }
  return out;
}

function combine(a: HostTensor, b: HostTensor, f: (p: number, q: number) => number): HostTensor {
  if (a.shape.join() !== b.shape.join()) throw shapeError(`two grids of shape [${a.shape.join()}]`, b.shape);
  return hostTensor(
    a.shape,
    a.data.map((value, i) => f(value, b.data[i]!)),
  );
}

function gridShape({ rows, columns }: GridOperator, shape: readonly number[]): [number, number, number, number] {
  const [items, height, width, channels] = shape;
  if (shape.length !== 4 || height !== rows.columns || width !== columns.columns) {
    throw shapeError(`grids [N, ${rows.columns}, ${columns.columns}, C]`, shape);
  }
  return [items!, height, width, channels!];
}

function shapeError(expected: string, shape: readonly number[]): NextscaleError {
  return new NextscaleError({
    code: "shape",
    where: "refinement-core/pyramid",
    expected,
    got: `[${shape.join()}]`,
  });
}
