import { sizeOf, type TensorType } from "../ir/tensor-type.js";
import { operation, operationNames } from "../ops/index.js";
import { multiplyAdds } from "../ops/work.js";
import { passOf } from "./pass.js";
import type { Rule } from "./sweep.js";
import { dataOf } from "./values.js";

/** Results up to this many elements are stored; larger ones only when they are no larger than what they come from. */
const STORED_FREELY = 1024;

/**
 * Work up to this many elements and multiply-adds is done here: a tenth of a second or so in the reference evaluation, which
 * is plain JavaScript. An engine does more in less time than that.
 */
const MOST_WORK = 2 ** 24;

/**
 * Computes nodes whose inputs are all constants, in float64 through the reference evaluation. A broadcast stays a node:
 * its consumers broadcast a scalar for nothing, and a program of a few kilobytes should not become one of megabytes.
 */
const fold: Rule = {
  ops: operationNames().filter((name) => name !== "Expand"),
  apply: ({ op, inputs, attributes }, graph) => {
    if (!inputs.every((value) => graph.constants.has(value))) return null;
    const { infer, evaluate } = operation(op);
    const given = inputs.map((value) => graph.typeOf(value));
    const types = infer(given, attributes);
    const [read, written] = [elementsOf(given), elementsOf(types)];
    if (types.some(({ shape }) => sizeOf(shape) > Math.max(STORED_FREELY, read))) return null;
    if (read + written + multiplyAdds(op, given, types) > MOST_WORK) return null;
    const tensors = inputs.map((value, i) => ({
      type: given[i]!,
      data: Float64Array.from(graph.constants.get(value)!),
    }));
    return evaluate(tensors, attributes).map(({ type, data }) => graph.constant(type, dataOf(type.dtype, data)));
  },
};

function elementsOf(types: readonly TensorType[]): number {
  return types.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Rules that compute what is known when the program is made. */
export const foldingRules: readonly Rule[] = [fold];

/** Computes what is known when the program is made. */
export const foldConstants = passOf(foldingRules);
