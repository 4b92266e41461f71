import type { ValueId } from "../ir/program.js";
import { numberOf, numbersOf } from "../ops/attributes.js";
import { passOf } from "./pass.js";
import type { CandidateNode, RewritingGraph, Rule } from "./sweep.js";
import { broadcastOf, equalShapes, uniformOf } from "./values.js";

/** For each operation, the operand that leaves the other one as it is: by side, since x - 0 does and 0 - x does not. */
const NEUTRAL: Readonly<Record<string, { readonly left?: number; readonly right?: number }>> = {
  Add: { left: 0, right: 0 },
  Sub: { right: 0 },
  Mul: { left: 1, right: 1 },
  Div: { right: 1 },
  Pow: { right: 1 },
  And: { left: 1, right: 1 },
  Or: { left: 0, right: 0 },
};

/** x + 0, x - 0, x * 1, x / 1, x ^ 1, x and true, x or false. */
const neutralOperand: Rule = {
  ops: Object.keys(NEUTRAL),
  apply: ({ op, inputs }, graph) => {
    const [a, b] = inputs as [ValueId, ValueId];
    const { left, right } = NEUTRAL[op]!;
    const kept =
      right !== undefined && uniformOf(graph, b) === right
        ? a
        : left !== undefined && uniformOf(graph, a) === left
          ? b
          : null;
    return kept === null ? null : graph.expand(kept, broadcastOf(graph, inputs));
  },
};

/** Whether an operation gives back its first input, all types being what they are. */
const isIdentity: Readonly<Record<string, (node: CandidateNode, graph: RewritingGraph) => boolean>> = {
  StopGradient: () => true,
  Cast: ({ inputs, attributes }, graph) => graph.typeOf(inputs[0]!).dtype === attributes["to"],
  Reshape: ({ inputs, attributes }, graph) => equalShapes(graph.shapeOf(inputs[0]!), numbersOf(attributes, "shape")),
  Expand: ({ inputs, attributes }, graph) => equalShapes(graph.shapeOf(inputs[0]!), numbersOf(attributes, "shape")),
  Slice: ({ inputs, attributes }, graph) => equalShapes(graph.shapeOf(inputs[0]!), numbersOf(attributes, "size")),
  Transpose: ({ attributes }) => numbersOf(attributes, "perm").every((axis, i) => axis === i),
  Pad: ({ attributes }) =>
    [...numbersOf(attributes, "before"), ...numbersOf(attributes, "after")].every((count) => count === 0),
  Reverse: ({ inputs, attributes }, graph) =>
    numbersOf(attributes, "axes").every((axis) => graph.shapeOf(inputs[0]!)[axis] === 1),
  Concat: ({ inputs }) => inputs.length === 1,
  CumSum: ({ inputs, attributes }, graph) =>
    attributes["exclusive"] !== true && graph.shapeOf(inputs[0]!)[numberOf(attributes, "axis")] === 1,
};

/** Operations that change nothing: a reshape to the same shape, a cast to the same type, a whole slice, ... */
const identity: Rule = {
  ops: Object.keys(isIdentity),
  apply: (node, graph) => (isIdentity[node.op]!(node, graph) ? node.inputs[0]! : null),
};

/** Operations that are their own inverse, and those of which twice is once. */
const twice: Rule = {
  ops: ["Not", "Reverse", "Relu", "Abs", "Sign", "Floor", "Ceil", "Round"],
  apply: ({ op, inputs, attributes }, graph) => {
    const before = graph.producedBy(inputs[0]!, op);
    if (before === undefined) return null;
    if (op === "Not") return before.inputs[0]!;
    if (op !== "Reverse") return inputs[0]!;
    return String(before.attributes["axes"]) === String(attributes["axes"]) ? before.inputs[0]! : null;
  },
};

/** Where both branches are one value. */
const sameBranches: Rule = {
  ops: ["Where"],
  apply: ({ inputs }, graph) => (inputs[1] === inputs[2] ? graph.expand(inputs[1]!, broadcastOf(graph, inputs)) : null),
};

/** Rules that remove operations which change nothing. */
export const noOpRules: readonly Rule[] = [neutralOperand, identity, twice, sameBranches];

/** Removes operations that change nothing; StopGradient too, which only says something before gradients are traced. */
export const removeNoOps = passOf(noOpRules);
