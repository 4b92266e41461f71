import type { Attributes } from "../../src/ir/program.js";
import { sizeOf, type DType, type TensorType } from "../../src/ir/tensor-type.js";
import { uniform } from "../uniform.js";

/** One input of an example: its type, and the values it takes. The same object twice is one value used twice. */
export interface CaseInput {
  readonly type: TensorType;
  readonly values: Float64Array;
}

/** An operation with attributes and inputs: the examples every check of operations runs through. */
export interface OperationCase {
  readonly name: string;
  readonly op: string;
  readonly attributes: Attributes;
  readonly inputs: readonly CaseInput[];
  /** Outputs that a gradient may flow from; all when absent. */
  readonly differentiable?: readonly number[];
}

let stream = 0;

/** Uniform in [low, high). */
function f(shape: readonly number[], low = -2, high = 2): CaseInput {
  return {
    type: { dtype: "float32", shape },
    values: uniform(sizeOf(shape), stream++).map((u) => low + (high - low) * u),
  };
}

/** Distinct values, shuffled, a quarter apart and never 0: no ties, and central differences do not cross a kink. */
function distinct(shape: readonly number[]): CaseInput {
  const size = sizeOf(shape);
  const keys = uniform(size, stream++);
  const ranks = Array.from(keys.keys()).sort((a, b) => keys[a]! - keys[b]!);
  const values = new Float64Array(size);
  ranks.forEach((at, rank) => (values[at] = (rank - size / 2) / 4 + 0.1));
  return { type: { dtype: "float32", shape }, values };
}

function given(shape: readonly number[], values: readonly number[], dtype: DType = "float32"): CaseInput {
  return { type: { dtype, shape }, values: Float64Array.from(values) };
}

/** Integers in [low, high). */
function i(shape: readonly number[], low: number, high: number): CaseInput {
  const { values } = f(shape, low, high);
  return { type: { dtype: "int32", shape }, values: values.map(Math.floor) };
}

function b(shape: readonly number[]): CaseInput {
  return { type: { dtype: "bool", shape }, values: f(shape).values.map((x) => Number(x > 0)) };
}

function example(
  op: string,
  inputs: readonly CaseInput[],
  attributes: Attributes = {},
  differentiable?: readonly number[],
): OperationCase {
  const types = inputs.map(({ type }) => `${type.dtype}[${type.shape.join(",")}]`).join(" ");
  const named = { name: `${op} ${types} ${JSON.stringify(attributes)}`, op, attributes, inputs };
  return differentiable === undefined ? named : { ...named, differentiable };
}

/** Pairs of shapes that broadcast: equal, either way, both at once, and with scalars. */
const BROADCASTS: readonly (readonly [readonly number[], readonly number[]])[] = [
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], [3]],
  [[3], [2, 3]],
  [
    [2, 1, 3],
    [4, 1],
  ],
  [[2, 3], []],
  [[], [5]],
  [
    [1, 3],
    [1, 1, 3],
  ],
  [[2, 3, 1], [1]],
];

const unary: readonly OperationCase[] = [
  ...["Neg", "Exp", "Square", "Tanh", "Sigmoid", "Softplus", "Erf", "Sin", "Cos"].map((op) => example(op, [f([2, 3])])),
  ...["Log", "Sqrt", "Rsqrt", "Reciprocal"].map((op) => example(op, [f([5], 0.3, 3)])),
  ...["Abs", "Sign", "Relu", "Floor", "Ceil", "Round"].map((op) => example(op, [distinct([3, 3])])),
  example("Round", [given([6], [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])]),
  example("Neg", [i([4], -3, 4)]),
  example("Square", [i([4], -3, 4)]),
  example("Not", [b([5])]),
  example("Exp", [f([])]),
];

const binary: readonly OperationCase[] = [
  ...["Add", "Sub", "Mul"].flatMap((op) => BROADCASTS.map(([a, c]) => example(op, [f(a), f(c)]))),
  ...["Div", "FloorMod"].flatMap((op) => BROADCASTS.map(([a, c]) => example(op, [f(a), f(c, 0.6, 0.9)]))),
  ...BROADCASTS.map(([a, c]) => example("Pow", [f(a, 0.5, 2), f(c)])),
  ...["Maximum", "Minimum"].flatMap((op) => BROADCASTS.map(([a, c]) => example(op, [distinct(a), f(c, 0.13, 0.2)]))),
  example("FloorDiv", [f([2, 3]), f([3], 0.5, 2)]),
  example("FloorDiv", [given([4], [7, -7, 7, -7], "int32"), given([4], [2, 2, -2, -2], "int32")]),
  example("FloorMod", [given([4], [7, -7, 7, -7], "int32"), given([4], [3, 3, -3, -3], "int32")]),
  example("Add", [i([3], -5, 5), i([2, 1], -5, 5)]),
  example("Maximum", [i([3], -5, 5), i([2, 1], -5, 5)]),
];

const logical: readonly OperationCase[] = [
  ...["Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual"].flatMap((op) => [
    example(op, [i([2, 3], 0, 2), i([3], 0, 2)]),
    example(op, [given([4], [1, 2, 3, 4]), given([4], [1, 3, 2, 4])]),
  ]),
  example("Equal", [b([2, 3]), b([3])]),
  example("And", [b([2, 3]), b([3])]),
  example("Or", [b([2, 3]), b([2, 1])]),
  example("IsNaN", [given([3], [1, NaN, -0])]),
];

const selection: readonly OperationCase[] = [
  example("Where", [b([2, 3]), f([2, 3]), f([2, 3])]),
  example("Where", [b([3]), f([2, 1]), f([])]),
  example("Where", [b([2, 3]), i([3], 0, 9), i([2, 3], 0, 9)]),
  example("Cast", [f([3])], { to: "float32" }),
  example("Cast", [given([4], [-1.7, -0.2, 0.2, 1.7])], { to: "int32" }),
  example("Cast", [b([4])], { to: "float32" }),
  example("Cast", [i([4], -1, 2)], { to: "bool" }),
  example("Clip", [distinct([3, 4])], { min: -0.7, max: 0.8 }),
  example("StopGradient", [f([3])]),
];

const reduction: readonly OperationCase[] = ["Sum", "SumSquares", "Mean", "Max", "Min", "Prod"].flatMap((op) => [
  example(op, [distinct([2, 3, 4])], { axes: [1], keepDims: false }),
  example(op, [distinct([2, 3, 4])], { axes: [0, 2], keepDims: true }),
  example(op, [distinct([2, 3, 4])], { axes: [0, 1], keepDims: true }),
  example(op, [distinct([3, 4])], { axes: [0], keepDims: false }),
  example(op, [distinct([5])], { axes: [0], keepDims: false }),
]);

const order: readonly OperationCase[] = [
  ...["ArgMax", "ArgMin"].flatMap((op) => [
    example(op, [distinct([3, 4, 2])], { axis: 1 }),
    example(op, [given([2, 3], [1, 1, 0, 0, 1, 1])], { axis: 1 }),
  ]),
  example("Prod", [given([3, 3], [1, 0, 2, 0, 3, 0, 1, 2, 3])], { axes: [1], keepDims: false }),
  example("TopK", [distinct([2, 5])], { k: 3 }, [0]),
  example("TopK", [distinct([4])], { k: 4 }, [0]),
];

/** All four transposes, in plain, batched and batch-broadcast products. */
const products: readonly OperationCase[] = [false, true].flatMap((transposeA) =>
  [false, true].flatMap((transposeB) =>
    (
      [
        [[], []],
        [[2], [2]],
        [[2, 3], [3]],
        [[3], [2, 1]],
        [[2], []],
        [[], [2]],
      ] as const
    ).map(([batchA, batchB]) => {
      const a = transposeA ? [4, 3] : [3, 4];
      const c = transposeB ? [5, 4] : [4, 5];
      return example("MatMul", [f([...batchA, ...a]), f([...batchB, ...c])], { transposeA, transposeB });
    }),
  ),
);

const scaledProducts: readonly OperationCase[] = [
  example("MatMul", [f([3, 4]), f([4, 2])], { transposeA: false, transposeB: false, scale: -0.75 }),
  example("MatMul", [f([2, 4, 3]), f([4, 2])], { transposeA: true, transposeB: false, scale: 1.5 }),
];

const movement: readonly OperationCase[] = [
  example("Reshape", [f([2, 6])], { shape: [3, 1, 4] }),
  example("Reshape", [f([2, 6])], { shape: [1, 2, 3, 2] }),
  example("Transpose", [f([2, 3, 4])], { perm: [2, 0, 1] }),
  example("Transpose", [f([3, 2])], { perm: [1, 0] }),
  example("Expand", [f([2, 1])], { shape: [3, 2, 4] }),
  example("Expand", [f([])], { shape: [3, 2] }),
  example("Concat", [f([2, 1]), f([2, 3]), f([2, 2])], { axis: 1 }),
  example("Slice", [f([3, 5])], { begin: [1, 0], size: [2, 4] }),
  example("Slice", [f([7, 5])], { begin: [1, 0], size: [3, 2], strides: [2, 3] }),
  example("Slice", [f([3, 4, 2])], { begin: [0, 1, 0], size: [3, 2, 2] }),
  example("Pad", [f([2, 3])], { before: [1, 0], after: [0, 2], value: 0.5 }),
  example("Pad", [f([2, 3])], { before: [0, 0], after: [0, 2], value: 0 }),
  example("Slice", [f([])], { begin: [], size: [] }),
  example("Pad", [f([])], { before: [], after: [], value: 0 }),
  example("Transpose", [f([])], { perm: [] }),
  example("Reshape", [f([])], { shape: [1, 1] }),
  example("Reshape", [f([1])], { shape: [] }),
  example("Expand", [f([])], { shape: [] }),
  example("Gather", [f([3]), given([], [1], "int32")], { axis: 0 }),
  example("Reverse", [f([2, 3, 2])], { axes: [0, 1] }),
  example("Gather", [f([4, 3]), i([2, 3], 0, 4)], { axis: 0 }),
  example("Gather", [f([2, 4, 3]), given([5], [3, 0, 3, 1, 3], "int32")], { axis: 1 }),
  example("Gather", [f([3, 2]), given([], [2], "int32")], { axis: 0 }),
  example("SegmentSum", [f([5, 2]), given([5], [1, -1, 0, 1, 3], "int32")], { segments: 3 }),
  example("SegmentSum", [f([4]), given([4], [599, 0, -1, 599], "int32")], { segments: 600 }),
  example("SegmentSum", [f([4, 2, 2]), given([4], [1, 1, 0, 1], "int32")], { segments: 2 }),
  example("OneHot", [given([2, 3], [0, 1, 4, -1, 3, 5], "int32")], { depth: 5 }),
  ...[0, 1].flatMap((axis) =>
    [false, true].flatMap((exclusive) =>
      [false, true].map((reverse) => example("CumSum", [f([3, 3])], { axis, exclusive, reverse })),
    ),
  ),
];

const normalisation: readonly OperationCase[] = [
  example("Softmax", [f([2, 5])]),
  example("LogSoftmax", [f([2, 1, 4])]),
  example("LayerNorm", [f([3, 5])], { epsilon: 1e-2 }),
  example("LayerNormGrad", [f([3, 5]), f([3, 5]), f([3, 1], 0.5, 2)]),
  example("Gelu", [f([3, 4], -4, 4)]),
  example("GeluGrad", [f([3, 4], -4, 4), f([3, 4])]),
  example("Gelu", [f([64], -10, 10)]),
  example("GeluGrad", [f([64], -10, 10), f([64])]),
  example("GeluGrad", [given([4], [-60, -15, 15, 60]), f([4])]),
  example("Silu", [f([3, 4], -4, 4)]),
  example("SiluGrad", [f([3, 4], -4, 4), f([3, 4])]),
  example("CrossEntropy", [f([2, 3, 4]), i([2, 3], 0, 4)]),
  example("CrossEntropy", [f([4]), given([], [2], "int32")]),
  example("CrossEntropy", [f([3, 4]), given([3], [-1, 3, 4], "int32")]),
  example("CrossEntropyGrad", [f([3, 4], -4, 0), i([3], 0, 4), f([3])]),
  example("CrossEntropyGrad", [f([3, 4], -4, 0), given([3], [-1, 3, 4], "int32"), f([3])]),
];

/** Filters and images over strides, uneven padding, dilation, and rows that no window reaches. */
const convolutions: readonly OperationCase[] = (
  [
    { strides: [1, 1], padding: [1, 1, 1, 1], dilations: [1, 1] },
    { strides: [2, 2], padding: [0, 1, 1, 0], dilations: [1, 1] },
    { strides: [1, 1], padding: [2, 1, 0, 2], dilations: [2, 1] },
    { strides: [3, 2], padding: [0, 0, 0, 0], dilations: [1, 1] },
  ] as const
).flatMap((geometry) => {
  const x = [2, 6, 5, 2];
  const w = [2, 3, 2, 3];
  const extent = (k: 0 | 1) => {
    const padding = geometry.padding[2 * k]! + geometry.padding[2 * k + 1]!;
    return Math.floor((x[k + 1]! + padding - (w[k]! - 1) * geometry.dilations[k] - 1) / geometry.strides[k]) + 1;
  };
  const y = [2, extent(0), extent(1), 3];
  return [
    example("Conv2D", [f(x), f(w)], geometry),
    example("Conv2DInputGrad", [f(y), f(w)], { inputShape: x, ...geometry }),
    example("Conv2DFilterGrad", [f(x), f(y)], { filterShape: w, ...geometry }),
  ];
});

const square = f([3, 3]);

/** One value in two places, whose gradients add up. */
const repeated: readonly OperationCase[] = [
  ...["Add", "Sub", "Mul", "Div", "MatMul"].map((op) => example(op, [square, square])),
  example("Concat", [square, square], { axis: 0 }),
  example("Where", [b([3]), square, square]),
  example("GeluGrad", [square, square]),
];

/** Examples of every operation: odd shapes, broadcasting both ways, no ties. */
export const operationCases: readonly OperationCase[] = [
  ...unary,
  ...binary,
  ...logical,
  ...selection,
  ...reduction,
  ...order,
  ...products,
  ...scaledProducts,
  ...movement,
  ...normalisation,
  ...convolutions,
  ...repeated,
];
