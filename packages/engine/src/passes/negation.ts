import type { ValueId } from "../ir/program.js";
import { passOf } from "./pass.js";
import type { RewritingGraph, Rule } from "./sweep.js";
import { uniformOf } from "./values.js";

/** What a Neg negates. */
function negated(graph: RewritingGraph, value: ValueId): ValueId | undefined {
  return graph.producedBy(value, "Neg")?.inputs[0];
}

/** --x is x, and -(a - b) is b - a when nothing else needs a - b. */
const negationOf: Rule = {
  ops: ["Neg"],
  apply: ({ inputs }, graph) => {
    const [x] = inputs as [ValueId];
    const inner = negated(graph, x);
    if (inner !== undefined) return inner;
    const difference = graph.producedBy(x, "Sub");
    return difference !== undefined && graph.usedOnce(x)
      ? graph.sub(difference.inputs[1]!, difference.inputs[0]!)
      : null;
  },
};

/** a + -b is a - b, -a + b is b - a. */
const negationInSum: Rule = {
  ops: ["Add"],
  apply: ({ inputs }, graph) => {
    const [a, b] = inputs as [ValueId, ValueId];
    const [minusA, minusB] = [negated(graph, a), negated(graph, b)];
    if (minusB !== undefined) return graph.sub(a, minusB);
    return minusA === undefined ? null : graph.sub(b, minusA);
  },
};

/** a - -b is a + b; 0 - b is -b. */
const negationInDifference: Rule = {
  ops: ["Sub"],
  apply: ({ inputs }, graph) => {
    const [a, b] = inputs as [ValueId, ValueId];
    const minusB = negated(graph, b);
    if (minusB !== undefined) return graph.add(a, minusB);
    return uniformOf(graph, a) === 0 && graph.shapeOf(a).length === 0 ? graph.neg(b) : null;
  },
};

/** -x squared, or its absolute value, is that of x; so is its cosine. */
const negationForgotten: Rule = {
  ops: ["Square", "Abs", "Cos"],
  apply: ({ op, inputs }, graph) => {
    const inner = negated(graph, inputs[0]!);
    return inner === undefined ? null : graph.emit(op, [inner]);
  },
};

/** Rules that absorb negations in what follows. */
export const negationRules: readonly Rule[] = [negationOf, negationInSum, negationInDifference, negationForgotten];

/** Absorbs negations in what follows. */
export const absorbNegations = passOf(negationRules);
