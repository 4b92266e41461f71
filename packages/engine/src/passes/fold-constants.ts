import { typeOf } from "../ir/program.js";
import { sizeOf } from "../ir/tensor-type.js";
import { operation, operationNames } from "../ops/index.js";
import { passOf } from "./pass.js";
import type { Rule } from "./sweep.js";
import { countOf, dataOf } from "./values.js";

/** Results up to this many elements are stored; larger ones only when they are no larger than what they come from. */
const STORED_FREELY = 1024;

/**
 * Computes nodes whose inputs are all constants, in float64 through the reference evaluation. A broadcast stays a node:
 * its consumers broadcast a scalar for nothing, and a program of a few kilobytes should not become one of megabytes.
 */
const fold: Rule = {
  ops: operationNames().filter((name) => name !== "Expand"),
  apply: ({ op, inputs, attributes }, graph) => {
    if (!inputs.every((value) => graph.constants.has(value))) return null;
    const { infer, evaluate } = operation(op);
    const types = infer(
      inputs.map((value) => graph.typeOf(value)),
      attributes,
    );
    const given = inputs.reduce((sum, value) => sum + countOf(graph, value), 0);
    if (types.some(({ shape }) => sizeOf(shape) > Math.max(STORED_FREELY, given))) return null;
    const tensors = inputs.map((value) => ({
      type: typeOf(graph, value),
      data: Float64Array.from(graph.constants.get(value)!),
    }));
    return evaluate(tensors, attributes).map(({ type, data }) => graph.constant(type, dataOf(type.dtype, data)));
  },
};

/** Rules that compute what is known when the program is made. */
export const foldingRules: readonly Rule[] = [fold];

/** Computes what is known when the program is made. */
export const foldConstants = passOf(foldingRules);
