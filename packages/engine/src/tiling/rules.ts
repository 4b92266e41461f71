import { sizeOf } from "../ir/tensor-type.js";
import { flagOf, numberOf, numbersOf } from "../ops/attributes.js";
import { ELEMENTWISE } from "../passes/elementwise.js";
import type { DividedNode, Division, DivisionRule, TiledNode } from "./division.js";

const split = (axis: number): Division => ({ kind: "split", axis });

/** The one axis on which all split inputs agree when counted from the end, as broadcasting does; null if they differ. */
function commonAxisFromEnd({ inputs }: DividedNode): number | null {
  const axes = new Set(inputs.flatMap(({ axis, type }) => (axis === null ? [] : [type.shape.length - axis])));
  return axes.size === 1 ? [...axes][0]! : null;
}

/** Which axis of each input is read in blocks when the output's axis `fromEnd` is: none where the input broadcasts along it. */
function readBroadcast({ inputs }: DividedNode, fromEnd: number): readonly (number | null)[] {
  return inputs.map(({ type: { shape } }) => {
    const axis = shape.length - fromEnd;
    return axis < 0 || shape[axis] === 1 ? null : axis;
  });
}

const elementwise: DivisionRule = (node) => {
  const fromEnd = commonAxisFromEnd(node);
  if (fromEnd === null) return null;
  const axis = node.outputs[0]!.shape.length - fromEnd;
  return { read: readBroadcast(node, fromEnd), outputs: [split(axis)], attributes: node.attributes };
};

/** Operations on rows of the last axis, all inputs and outputs of which have the same leading axes. */
const byRow: DivisionRule = (node) => {
  const axes = new Set(node.inputs.flatMap(({ axis }) => (axis === null ? [] : [axis])));
  const [axis] = axes;
  if (axes.size !== 1 || axis === undefined || axis >= node.inputs[0]!.type.shape.length - 1) return null;
  return {
    read: node.inputs.map(() => axis),
    outputs: node.outputs.map(() => split(axis)),
    attributes: node.attributes,
  };
};

const matMul: DivisionRule = (node) => {
  const [a, b] = node.inputs as [DividedNode["inputs"][0], DividedNode["inputs"][0]];
  const rank = node.outputs[0]!.shape.length;
  const [rankA, rankB] = [a.type.shape.length, b.type.shape.length];
  const [rowsA, innerA] = flagOf(node.attributes, "transposeA") ? [rankA - 1, rankA - 2] : [rankA - 2, rankA - 1];
  const [innerB, columnsB] = flagOf(node.attributes, "transposeB") ? [rankB - 1, rankB - 2] : [rankB - 2, rankB - 1];
  const tiled = (read: readonly (number | null)[], output: Division): TiledNode => ({
    read,
    outputs: [output],
    attributes: node.attributes,
  });
  if (a.axis === innerA && (b.axis === innerB || b.axis === null))
    return tiled([innerA, innerB], { kind: "sum", scale: 1 });
  if (b.axis === innerB && a.axis === null) return tiled([innerA, innerB], { kind: "sum", scale: 1 });
  if (a.axis === rowsA && b.axis === null) return tiled([rowsA, null], split(rank - 2));
  if (b.axis === columnsB && a.axis === null) return tiled([null, columnsB], split(rank - 1));
  const fromEnd = commonAxisFromEnd(node);
  return fromEnd === null || fromEnd <= 2 ? null : tiled(readBroadcast(node, fromEnd), split(rank - fromEnd));
};

const SUMS: ReadonlySet<string> = new Set(["Sum", "SumSquares", "Mean"]);

/** Sums over the split axis add up; other reductions over it need everything. */
const reduction: DivisionRule = ({ op, inputs, attributes, tiles }) => {
  const { axis } = inputs[0]!;
  const axes = numbersOf(attributes, "axes");
  if (axis === null) return null;
  const tiled = (output: Division): TiledNode => ({ read: [axis], outputs: [output], attributes });
  if (axes.includes(axis)) {
    if (!SUMS.has(op)) return null;
    return tiled({ kind: "sum", scale: op === "Mean" ? 1 / tiles : 1 });
  }
  return tiled(split(flagOf(attributes, "keepDims") ? axis : axis - axes.filter((other) => other < axis).length));
};

/** Operations along the attribute `axis` that take it away, or keep it. */
const alongAxis =
  (removes: boolean): DivisionRule =>
  ({ inputs, attributes }) => {
    const { axis } = inputs[0]!;
    const along = numberOf(attributes, "axis");
    if (axis === null || axis === along) return null;
    return { read: [axis], outputs: [split(removes && along < axis ? axis - 1 : axis)], attributes };
  };

const reverse: DivisionRule = ({ inputs, attributes }) => {
  const { axis } = inputs[0]!;
  return axis === null || numbersOf(attributes, "axes").includes(axis)
    ? null
    : { read: [axis], outputs: [split(axis)], attributes };
};

/** Row-major order keeps blocks together if as many elements lie before the axis as before. */
const reshape: DivisionRule = ({ inputs, outputs, tiles }) => {
  const { axis, type } = inputs[0]!;
  const { shape } = outputs[0]!;
  if (axis === null) return null;
  const before = sizeOf(type.shape.slice(0, axis));
  const target = shape.findIndex((extent, i) => sizeOf(shape.slice(0, i)) === before && extent % tiles === 0);
  return target < 0
    ? null
    : { read: [axis], outputs: [split(target)], attributes: { shape: shrunk(shape, target, tiles) } };
};

function shrunk(shape: readonly number[], axis: number, tiles: number): readonly number[] {
  return shape.with(axis, shape[axis]! / tiles);
}

const transpose: DivisionRule = ({ inputs, attributes }) => {
  const { axis } = inputs[0]!;
  return axis === null
    ? null
    : { read: [axis], outputs: [split(numbersOf(attributes, "perm").indexOf(axis))], attributes };
};

const expand: DivisionRule = ({ inputs, outputs, tiles }) => {
  const { axis, type } = inputs[0]!;
  const { shape } = outputs[0]!;
  if (axis === null) return null;
  const target = axis + shape.length - type.shape.length;
  return { read: [axis], outputs: [split(target)], attributes: { shape: shrunk(shape, target, tiles) } };
};

const concat: DivisionRule = (node) => {
  const fromEnd = commonAxisFromEnd(node);
  if (fromEnd === null) return null;
  const axis = node.outputs[0]!.shape.length - fromEnd;
  if (axis === numberOf(node.attributes, "axis")) return null;
  return { read: node.inputs.map(() => axis), outputs: [split(axis)], attributes: node.attributes };
};

/** A slice that takes the split axis whole. */
const slice: DivisionRule = ({ inputs, outputs, attributes, tiles }) => {
  const { axis, type } = inputs[0]!;
  const size = numbersOf(attributes, "size");
  if (axis === null || size[axis] !== type.shape[axis]) return null;
  return {
    read: [axis],
    outputs: [split(axis)],
    attributes: { ...attributes, size: shrunk(outputs[0]!.shape, axis, tiles) },
  };
};

const pad: DivisionRule = ({ inputs, attributes }) => {
  const { axis } = inputs[0]!;
  const padded =
    axis === null || numbersOf(attributes, "before")[axis] !== 0 || numbersOf(attributes, "after")[axis] !== 0;
  return padded ? null : { read: [axis], outputs: [split(axis)], attributes };
};

const gather: DivisionRule = ({ inputs, attributes }) => {
  const [x, indices] = inputs as [DividedNode["inputs"][0], DividedNode["inputs"][0]];
  const along = numberOf(attributes, "axis");
  if (x.axis === null && indices.axis !== null)
    return { read: [null, indices.axis], outputs: [split(along + indices.axis)], attributes };
  if (x.axis === null || indices.axis !== null || x.axis === along) return null;
  const axis = x.axis < along ? x.axis : x.axis + indices.type.shape.length - 1;
  return { read: [x.axis, null], outputs: [split(axis)], attributes };
};

const segmentSum: DivisionRule = ({ inputs, attributes }) => {
  const rows = inputs.every(({ axis }) => axis === 0 || axis === null);
  return rows ? { read: [0, 0], outputs: [{ kind: "sum", scale: 1 }], attributes } : null;
};

const oneHot: DivisionRule = ({ inputs, attributes }) => ({
  read: [inputs[0]!.axis],
  outputs: [split(inputs[0]!.axis!)],
  attributes,
});

/** Convolutions of some of the images. */
const conv2D: DivisionRule = ({ inputs: [x, w], attributes }) =>
  x!.axis === 0 && w!.axis === null ? { read: [0, null], outputs: [split(0)], attributes } : null;

const conv2DInputGrad: DivisionRule = ({ inputs: [dy, w], attributes, tiles }) => {
  if (dy!.axis !== 0 || w!.axis !== null) return null;
  const inputShape = shrunk(numbersOf(attributes, "inputShape"), 0, tiles);
  return { read: [0, null], outputs: [split(0)], attributes: { ...attributes, inputShape } };
};

const conv2DFilterGrad: DivisionRule = ({ inputs, attributes }) =>
  inputs.every(({ axis }) => axis === 0 || axis === null)
    ? { read: [0, 0], outputs: [{ kind: "sum", scale: 1 }], attributes }
    : null;

/** How operations run tile by tile. One that is missing here runs when all tiles are done. */
export const divisionRules: ReadonlyMap<string, DivisionRule> = new Map(
  Object.entries<DivisionRule>({
    ...Object.fromEntries(ELEMENTWISE.map((op) => [op, elementwise])),
    ...Object.fromEntries(["Sum", "SumSquares", "Mean", "Max", "Min", "Prod"].map((op) => [op, reduction])),
    ...Object.fromEntries(
      ["Softmax", "LogSoftmax", "LayerNorm", "LayerNormGrad", "CrossEntropy", "CrossEntropyGrad", "TopK"].map((op) => [
        op,
        byRow,
      ]),
    ),
    MatMul: matMul,
    ArgMax: alongAxis(true),
    ArgMin: alongAxis(true),
    CumSum: alongAxis(false),
    Reverse: reverse,
    Reshape: reshape,
    Transpose: transpose,
    Expand: expand,
    Concat: concat,
    Slice: slice,
    Pad: pad,
    Gather: gather,
    SegmentSum: segmentSum,
    OneHot: oneHot,
    Conv2D: conv2D,
    Conv2DInputGrad: conv2DInputGrad,
    Conv2DFilterGrad: conv2DFilterGrad,
  }),
);
