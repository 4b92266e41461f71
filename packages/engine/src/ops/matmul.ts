import type * as tf from "@tensorflow/tfjs-core";
import { NextscaleError } from "../errors.js";
import { broadcastShapes, broadcastStrides } from "../ir/broadcast.js";
import type { GraphBuilder } from "../ir/graph-builder.js";
import type { Attributes, ValueId } from "../ir/program.js";
import { formatType, sizeOf, type TensorType } from "../ir/tensor-type.js";
import { numberOf } from "./attributes.js";
import { demandDType } from "./checks.js";
import type { LoweringNode, OnnxAttribute, OnnxEmitter, Operation, ReferenceTensor } from "./operation.js";
import { forEachIndex, offsetOf, zeros } from "./reference.js";

/** Rows, inner extent and columns of a product, with its batch shape. */
interface ProductShape {
  readonly batch: readonly number[];
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/**
 * `MatMul(a, b, transposeA, transposeB, scale)`, of float32: products of the last two axes, times `scale` (1 when absent); leading axes
 * broadcast.
 *
 * Its gradient sums over broadcast batch axes, which tfjs' own does not (tfjs #8548).
 */
export const matMul: Operation = {
  infer: ([a, b], attributes) => {
    demandDType("MatMul", "float32", [a!, b!]);
    const { batch, rows, columns } = productShape(a!, b!, attributes);
    return [{ dtype: "float32", shape: [...batch, rows, columns] }];
  },
  evaluate: ([a, b], attributes) => [evaluate(a!, b!, attributes)],
  gradient: (g, { inputs, attributes, wanted }, [dOutput]) => {
    const [a, b] = inputs as [ValueId, ValueId];
    if (dOutput === null || dOutput === undefined) return [null, null];
    const dy = g.scale(dOutput, scaleOf(attributes));
    const { transposeA, transposeB } = attributes;
    const da = () => (transposeA ? g.matMul(b, dy, Boolean(transposeB), true) : g.matMul(dy, b, false, !transposeB));
    const db = () =>
      transposeB ? g.matMul(dy, a, true, Boolean(transposeA)) : weightGradient(g, a, dy, b, Boolean(transposeA));
    return [wanted[0] ? g.sumTo(da(), g.shapeOf(a)) : null, wanted[1] ? g.sumTo(db(), g.shapeOf(b)) : null];
  },
  toOnnx: (e, node) => [lower(e, node)],
  toTfjs: (backend, [a, b], attributes) => {
    const { transposeA, transposeB } = attributes;
    const scale = scaleOf(attributes);
    const batch = broadcastShapes(a!.shape.slice(0, -2), b!.shape.slice(0, -2))!;
    const [left, right] = [spread(backend, a!, batch), spread(backend, b!, batch)];
    const product = backend.matMul(left, right, Boolean(transposeA), Boolean(transposeB));
    return [scale === 1 ? product : backend.mul(product, scale)];
  },
};

function scaleOf(attributes: Attributes): number {
  return attributes["scale"] === undefined ? 1 : numberOf(attributes, "scale");
}

/**
 * Repeats a tensor over the whole batch, unless it is one matrix: tfjs' kernels count the flattened batch modulo each
 * input's, which pairs the wrong matrices when both have batch axes and they differ.
 */
function spread(backend: typeof tf, x: tf.Tensor, batch: readonly number[]): tf.Tensor {
  const matrix = x.shape.slice(-2);
  const own = x.shape.slice(0, -2);
  if (sizeOf(own) === 1) return backend.reshape(x, [...batch.map(() => 1), ...matrix]);
  return own.length === batch.length && own.every((extent, i) => extent === batch[i])
    ? x
    : backend.broadcastTo(x, [...batch, ...matrix]);
}

/** A^T dy; over a batch with a shared 2-d weight the batch folds into the rows, one large product instead of many. */
function weightGradient(g: GraphBuilder, a: ValueId, dy: ValueId, b: ValueId, transposeA: boolean): ValueId {
  const shapeA = g.shapeOf(a);
  const shapeY = g.shapeOf(dy);
  if (g.shapeOf(b).length === 2 && shapeA.length > 2 && !transposeA) {
    return g.matMul(g.reshape(a, asMatrix(shapeA)), g.reshape(dy, asMatrix(shapeY)), true, false);
  }
  return g.matMul(a, dy, !transposeA, false);
}

/** All leading axes folded into the rows. */
function asMatrix(shape: readonly number[]): readonly number[] {
  const columns = shape[shape.length - 1]!;
  return [sizeOf(shape) / columns, columns];
}

function productShape(a: TensorType, b: TensorType, attributes: Attributes): ProductShape {
  const [rows, innerA] = lastTwo(a.shape, Boolean(attributes["transposeA"]));
  const [innerB, columns] = lastTwo(b.shape, Boolean(attributes["transposeB"]));
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (rows === undefined || columns === undefined || innerA !== innerB || innerA === undefined || batch === null) {
    throw new NextscaleError({
      code: "shape",
      where: "engine/MatMul",
      expected: "two matrices (or batches of them) with equal inner extents",
      got: `${formatType(a)}${attributes["transposeA"] ? "^T" : ""} and ${formatType(b)}${attributes["transposeB"] ? "^T" : ""}`,
    });
  }
  return { batch, rows, inner: innerA, columns };
}

function lastTwo(shape: readonly number[], transposed: boolean): readonly (number | undefined)[] {
  const pair = [shape[shape.length - 2], shape[shape.length - 1]];
  return transposed ? pair.reverse() : pair;
}

function evaluate(a: ReferenceTensor, b: ReferenceTensor, attributes: Attributes): ReferenceTensor {
  const { batch, rows, inner, columns } = productShape(a.type, b.type, attributes);
  const out = zeros({ dtype: "float32", shape: [...batch, rows, columns] });
  const scale = scaleOf(attributes);
  const batchStridesA = broadcastStrides(a.type.shape.slice(0, -2), batch);
  const batchStridesB = broadcastStrides(b.type.shape.slice(0, -2), batch);
  const [rowA, innerStrideA] = attributes["transposeA"] ? [1, rows] : [inner, 1];
  const [innerStrideB, columnB] = attributes["transposeB"] ? [1, inner] : [columns, 1];
  forEachIndex(batch, (index, flat) => {
    const baseA = offsetOf(index, batchStridesA) * rows * inner;
    const baseB = offsetOf(index, batchStridesB) * inner * columns;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) {
          sum += a.data[baseA + i * rowA + k * innerStrideA]! * b.data[baseB + k * innerStrideB + j * columnB]!;
        }
        out.data[(flat * rows + i) * columns + j] = sum * scale;
      }
    }
  });
  return out;
}

/** Gemm reads transposed matrices and scales for free, and so does com.microsoft.FusedMatMul for batches. */
function lower(e: OnnxEmitter, { inputs, inputTypes, attributes }: LoweringNode): string {
  const [a, b] = inputs as [string, string];
  const transposeA = Boolean(attributes["transposeA"]);
  const transposeB = Boolean(attributes["transposeB"]);
  const scale = scaleOf(attributes);
  if (!transposeA && !transposeB && scale === 1) return e.node("MatMul", [a, b]);
  const ranks = inputTypes.map((type) => type.shape.length);
  if (ranks[0] === 2 && ranks[1] === 2) return e.node("Gemm", [a, b], gemmAttributes(attributes));
  if (e.dialect === "onnxruntime") return e.node("FusedMatMul", [a, b], gemmAttributes(attributes), "com.microsoft");
  const swap = (name: string, rank: number) => {
    const perm = Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
    return e.node("Transpose", [name], { perm: { ints: perm } });
  };
  const product = e.node("MatMul", [transposeA ? swap(a, ranks[0]!) : a, transposeB ? swap(b, ranks[1]!) : b]);
  return scale === 1 ? product : e.node("Mul", [product, e.scalar(scale)]);
}

/** Attributes that Gemm and FusedMatMul share. */
export function gemmAttributes(attributes: Attributes): Readonly<Record<string, OnnxAttribute>> {
  const scale = scaleOf(attributes);
  return {
    transA: { int: Number(Boolean(attributes["transposeA"])) },
    transB: { int: Number(Boolean(attributes["transposeB"])) },
    ...(scale === 1 ? {} : { alpha: { float: scale } }),
  };
}
