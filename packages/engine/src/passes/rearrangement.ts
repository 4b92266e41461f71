import type { Node, ValueId } from "../ir/program.js";
import { sizeOf } from "../ir/tensor-type.js";
import { numbersOf } from "../ops/attributes.js";
import { passOf } from "./pass.js";
import type { RewritingGraph, Rule } from "./sweep.js";

/** A reshape of a reshape needs only the last shape. */
const mergeReshapes: Rule = {
  ops: ["Reshape"],
  apply: ({ inputs, attributes }, graph) => {
    const before = graph.producedBy(inputs[0]!, "Reshape");
    return before === undefined ? null : graph.reshape(before.inputs[0]!, numbersOf(attributes, "shape"));
  },
};

/** A transpose of a transpose is one, or none. */
const mergeTransposes: Rule = {
  ops: ["Transpose"],
  apply: ({ inputs, attributes }, graph) => {
    const before = graph.producedBy(inputs[0]!, "Transpose");
    if (before === undefined) return null;
    const first = numbersOf(before.attributes, "perm");
    return graph.transpose(
      before.inputs[0]!,
      numbersOf(attributes, "perm").map((axis) => first[axis]!),
    );
  },
};

/** A transpose that only moves axes of extent 1 moves no element: a reshape, which costs nothing. */
const transposeOfSingletons: Rule = {
  ops: ["Transpose"],
  apply: ({ inputs, attributes }, graph) => {
    const shape = graph.shapeOf(inputs[0]!);
    const perm = numbersOf(attributes, "perm");
    const moved = perm.filter((axis) => shape[axis] !== 1);
    if (moved.some((axis, i) => i > 0 && axis < moved[i - 1]!)) return null;
    return graph.reshape(
      inputs[0]!,
      perm.map((axis) => shape[axis]!),
    );
  },
};

/** Whether a transpose exchanges the last two axes and no others. */
export function swapsLastTwo(perm: readonly number[]): boolean {
  const rank = perm.length;
  return rank >= 2 && perm.every((axis, i) => axis === (i < rank - 2 ? i : 2 * rank - 3 - i));
}

/** A product reads its inputs transposed for nothing. */
const transposeIntoProduct: Rule = {
  ops: ["MatMul"],
  apply: ({ inputs, attributes }, graph) => {
    const [a, b] = inputs.map((value) => swapped(graph, value));
    if (a === undefined && b === undefined) return null;
    return graph.emitAll("MatMul", [a ?? inputs[0]!, b ?? inputs[1]!], {
      ...attributes,
      transposeA: (attributes["transposeA"] === true) !== (a !== undefined),
      transposeB: (attributes["transposeB"] === true) !== (b !== undefined),
    });
  },
};

function swapped(graph: RewritingGraph, value: ValueId): ValueId | undefined {
  const before = graph.producedBy(value, "Transpose");
  return before !== undefined && swapsLastTwo(numbersOf(before.attributes, "perm")) ? before.inputs[0] : undefined;
}

/**
 * The transpose of a product A B is B^T A^T, and transposes merge. That removes one that swaps the last two axes. Any other
 * gets no dearer, but the product cheaper if A is larger than B and read transposed in batches, which ONNX Runtime is slow
 * at: [384] x [104,104]^T [104,32] and transpose take 14.0 ms, the other way round 10.1 ms (one thread).
 */
const transposeBehindProduct: Rule = {
  ops: ["Transpose"],
  apply: ({ inputs, attributes }, graph) => {
    const product = graph.producedBy(inputs[0]!, "MatMul");
    if (product === undefined || !graph.usedOnce(inputs[0]!)) return null;
    const perm = numbersOf(attributes, "perm");
    const rank = perm.length;
    const [a, b] = product.inputs.map((value) => sizeOf(graph.shapeOf(value).slice(-2)));
    const slow =
      rank > 2 && product.attributes["transposeA"] === true && product.attributes["transposeB"] !== true && a! > b!;
    if (!swapsLastTwo(perm) && !slow) return null;
    const swap = (axis: number) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis);
    return graph.transpose(transposedProduct(graph, product), perm.map(swap));
  },
};

function transposedProduct(graph: RewritingGraph, { inputs, attributes }: Node): ValueId {
  return graph.emit("MatMul", [inputs[1]!, inputs[0]!], {
    ...attributes,
    transposeA: attributes["transposeB"] !== true,
    transposeB: attributes["transposeA"] !== true,
  });
}

/** Rules that merge data movement. */
export const rearrangementRules: readonly Rule[] = [
  mergeReshapes,
  mergeTransposes,
  transposeOfSingletons,
  transposeIntoProduct,
  transposeBehindProduct,
];

/** Merges reshapes and transposes with each other, and transposes with products. */
export const mergeRearrangements = passOf(rearrangementRules);
