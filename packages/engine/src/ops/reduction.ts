import type * as tf from "@tensorflow/tfjs-core";
import type { GraphBuilder } from "../ir/graph-builder.js";
import type { Attributes, ValueId } from "../ir/program.js";
import { sizeOf, type DType, type TensorType } from "../ir/tensor-type.js";
import { flagOf, numbersOf } from "./attributes.js";
import { demand, demandOneDType } from "./checks.js";
import type { LoweringNode, OnnxEmitter, Operation, ReferenceTensor } from "./operation.js";
import { forEachIndex, offsetOf, stridesOf, zeros } from "./reference.js";

/** What a gradient rule of a reduction gets: `y` and `dy` with the reduced axes kept, so that they broadcast against `x`. */
interface ReductionGradient {
  readonly g: GraphBuilder;
  readonly x: ValueId;
  readonly y: ValueId;
  readonly dy: ValueId;
  readonly axes: readonly number[];
}

interface ReductionRule {
  readonly dtypes: readonly DType[];
  readonly onnx: string;
  readonly start: number;
  readonly combine: (accumulated: number, element: number) => number;
  /** Applied to the result, with the number of elements reduced. */
  readonly finish?: (accumulated: number, count: number) => number;
  readonly tfjs: (backend: typeof tf, x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor;
  readonly gradient: (parts: ReductionGradient) => ValueId;
}

function reduction(name: string, rule: ReductionRule): Operation {
  return {
    infer: ([x], attributes) => {
      demandOneDType(name, [x!], rule.dtypes);
      const axes = numbersOf(attributes, "axes");
      demand(
        axes.length > 0 && axes.every((axis) => axis < x!.shape.length),
        name,
        `an input with axes [${axes.join(",")}]`,
        [x!],
      );
      return [{ dtype: x!.dtype, shape: reducedShape(x!.shape, attributes) }];
    },
    evaluate: ([x], attributes) => [reduce(x!, attributes, rule)],
    gradient: (g, { inputs, outputs, attributes }, [dy]) => {
      if (dy === null) return [null];
      const x = inputs[0]!;
      const axes = numbersOf(attributes, "axes");
      const kept = reducedShape(g.shapeOf(x), { axes, keepDims: true });
      const parts = { g, x, axes, y: g.reshape(outputs[0]!, kept), dy: g.reshape(dy!, kept) };
      return [g.expand(rule.gradient(parts), g.shapeOf(x))];
    },
    toOnnx: (e, node) => [
      name === "Sum" && e.dialect === "onnxruntime" && sumsRows(node)
        ? sumOfRows(e, node)
        : e.node(rule.onnx, [node.inputs[0]!, e.int64s(numbersOf(node.attributes, "axes"))], {
            keepdims: { int: Number(flagOf(node.attributes, "keepDims")) },
          }),
    ],
    toTfjs: (backend, [x], attributes) => [
      rule.tfjs(backend, x!, [...numbersOf(attributes, "axes")], flagOf(attributes, "keepDims")),
    ],
  };
}

/** Whether floats are summed over all axes before some that stay. */
function sumsRows({ inputTypes: [x], attributes }: LoweringNode): boolean {
  const axes = numbersOf(attributes, "axes");
  return x!.dtype === "float32" && axes.length < x!.shape.length && axes.every((axis, i) => axis === i);
}

/**
 * The sum of a matrix's rows as its product with ones. ONNX Runtime's ReduceSum is made for the last axis: for rows of
 * 128 to 784 it takes 2 to 7 times as long as the product (256 x 512: 140 against 23 us).
 */
function sumOfRows(e: OnnxEmitter, { inputs, inputTypes: [x], outputTypes, attributes }: LoweringNode): string {
  const reduced = numbersOf(attributes, "axes").length;
  const [rows, columns] = [x!.shape.slice(0, reduced), x!.shape.slice(reduced)].map(sizeOf) as [number, number];
  const matrix = x!.shape.length === 2 ? inputs[0]! : e.node("Reshape", [inputs[0]!, e.int64s([rows, columns])]);
  // A constant that is made when the session is, so that the model stays small.
  const ones = e.node("Expand", [e.scalar(1), e.int64s([rows])]);
  const sum = e.node("MatMul", [ones, matrix]);
  const { shape } = outputTypes[0]!;
  return shape.length === 1 ? sum : e.node("Reshape", [sum, e.int64s(shape)]);
}

/** Shape after a reduction. */
export function reducedShape(shape: readonly number[], attributes: Attributes): readonly number[] {
  const axes = numbersOf(attributes, "axes");
  if (flagOf(attributes, "keepDims")) return shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  return shape.filter((_, axis) => !axes.includes(axis));
}

function reduce(x: ReferenceTensor, attributes: Attributes, rule: ReductionRule): ReferenceTensor {
  const type: TensorType = { dtype: x.type.dtype, shape: reducedShape(x.type.shape, attributes) };
  const out = zeros(type);
  out.data.fill(rule.start);
  const axes = numbersOf(attributes, "axes");
  const kept = stridesOf(reducedShape(x.type.shape, { axes, keepDims: true }));
  const strides = kept.map((stride, axis) => (axes.includes(axis) ? 0 : stride));
  forEachIndex(x.type.shape, (index, flat) => {
    const at = offsetOf(index, strides);
    out.data[at] = rule.combine(out.data[at]!, x.data[flat]!);
  });
  const count = sizeOf(axes.map((axis) => x.type.shape[axis]!));
  const { finish } = rule;
  return finish === undefined ? out : { type, data: out.data.map((element) => finish(element, count)) };
}

/** Shared equally by all elements that reach the extremum, so that the gradient does not depend on their order. */
function extremumGradient({ g, x, y, dy, axes }: ReductionGradient): ValueId {
  const reached = g.toFloat(g.emit("Equal", [x, y]));
  return g.mul(reached, g.div(dy, g.sum(reached, axes, true)));
}

/**
 * The product of all other elements. Dividing the product by each element fails at zeros: with one zero only its own
 * place has a gradient, the product of the rest; with two or more there is none.
 */
function productGradient({ g, x, dy, axes }: ReductionGradient): ValueId {
  const isZero = g.emit("Equal", [x, g.scalar(0)]);
  const zerosInRow = g.sum(g.toFloat(isZero), axes, true);
  const nonZero = g.emit("Where", [isZero, g.scalar(1), x]);
  const rest = g.emit("Prod", [nonZero], { axes, keepDims: true });
  const when = (count: number) => g.mul(g.toFloat(g.emit("Equal", [zerosInRow, g.scalar(count)])), g.mul(rest, dy));
  return g.emit("Where", [isZero, when(1), g.div(when(0), nonZero)]);
}

const numbers: readonly DType[] = ["float32", "int32"];

const rules: Readonly<Record<string, ReductionRule>> = {
  Sum: {
    dtypes: numbers,
    onnx: "ReduceSum",
    start: 0,
    combine: (sum, x) => sum + x,
    tfjs: (t, x, axes, keepDims) => t.sum(x, axes, keepDims),
    gradient: ({ dy }) => dy,
  },
  SumSquares: {
    dtypes: ["float32"],
    onnx: "ReduceSumSquare",
    start: 0,
    combine: (sum, x) => sum + x * x,
    tfjs: (t, x, axes, keepDims) => t.sum(t.square(x), axes, keepDims),
    gradient: ({ g, x, dy }) => g.mul(g.scale(dy, 2), x),
  },
  Mean: {
    dtypes: ["float32"],
    onnx: "ReduceMean",
    start: 0,
    combine: (sum, x) => sum + x,
    finish: (sum, count) => sum / count,
    tfjs: (t, x, axes, keepDims) => t.mean(x, axes, keepDims),
    gradient: ({ g, x, dy, axes }) => g.scale(dy, 1 / sizeOf(axes.map((axis) => g.shapeOf(x)[axis]!))),
  },
  Max: {
    dtypes: numbers,
    onnx: "ReduceMax",
    start: -Infinity,
    combine: Math.max,
    tfjs: (t, x, axes, keepDims) => t.max(x, axes, keepDims),
    gradient: extremumGradient,
  },
  Min: {
    dtypes: numbers,
    onnx: "ReduceMin",
    start: Infinity,
    combine: Math.min,
    tfjs: (t, x, axes, keepDims) => t.min(x, axes, keepDims),
    gradient: extremumGradient,
  },
  Prod: {
    dtypes: numbers,
    onnx: "ReduceProd",
    start: 1,
    combine: (product, x) => product * x,
    tfjs: (t, x, axes, keepDims) => t.prod(x, axes, keepDims),
    gradient: productGradient,
  },
};

/** Reductions over `axes` (sorted, at least one), which stay as extents of 1 with `keepDims`. */
export const reductionOperations: Readonly<Record<string, Operation>> = Object.fromEntries(
  Object.entries(rules).map(([name, rule]) => [name, reduction(name, rule)]),
);
