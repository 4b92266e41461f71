import type { ValueId } from "../ir/program.js";
import { numbersOf } from "../ops/attributes.js";
import { ELEMENTWISE } from "./elementwise.js";
import { passOf } from "./pass.js";
import type { CandidateNode, RewritingGraph, Rule } from "./sweep.js";
import { broadcastOf, countOf, equalShapes, uniformOf } from "./values.js";

/**
 * An elementwise operation broadcasts by itself: it reads what an Expand reads, and one number instead of an array of
 * equal ones, as long as the other inputs keep the shape of the output.
 */
const readUnexpanded: Rule = {
  ops: ELEMENTWISE,
  apply: ({ op, inputs, attributes }, graph) => {
    const shape = broadcastOf(graph, inputs);
    let changed = false;
    const smaller = [...inputs];
    inputs.forEach((value, i) => {
      const source = unexpanded(graph, value);
      if (source === value) return;
      const attempt = smaller.with(i, source);
      if (!equalShapes(broadcastOf(graph, attempt), shape)) return;
      smaller[i] = source;
      changed = true;
    });
    return changed ? graph.emitAll(op, smaller, attributes) : null;
  },
};

/** What an Expand reads; a scalar for a value whose elements are all one constant. */
function unexpanded(graph: RewritingGraph, value: ValueId): ValueId {
  if (graph.shapeOf(value).length > 0) {
    const number = uniformOf(graph, value);
    if (number !== null) return graph.scalar(number, graph.typeOf(value).dtype);
  }
  return graph.producedBy(value, "Expand")?.inputs[0] ?? value;
}

/** An elementwise operation on nothing but broadcast values: compute it small, then broadcast. */
const computeBeforeExpanding: Rule = {
  ops: ELEMENTWISE,
  apply: ({ op, inputs, attributes }, graph) => {
    if (!inputs.some((value) => graph.producedBy(value, "Expand") !== undefined)) return null;
    const sources = inputs.map((value) => unexpanded(graph, value));
    const shape = broadcastOf(graph, inputs);
    const small = broadcastOf(graph, sources);
    return equalShapes(small, shape) ? null : graph.expand(graph.emit(op, sources, attributes), shape);
  },
};

/** Expand of Expand; Reshape, Transpose and Slice of one repeated number. */
const moveUniform: Rule = {
  ops: ["Expand", "Reshape", "Transpose", "Slice", "Reverse"],
  apply: (node, graph) => {
    const spread = graph.producedBy(node.inputs[0]!, "Expand");
    if (spread === undefined) return null;
    const source = spread.inputs[0]!;
    if (node.op === "Expand") return graph.expand(source, numbersOf(node.attributes, "shape"));
    if (countOf(graph, source) !== 1) return null;
    return graph.expand(graph.reshape(source, []), shapeAfter(node, graph));
  },
};

function shapeAfter({ op, inputs, attributes }: CandidateNode, graph: RewritingGraph): readonly number[] {
  const shape = graph.shapeOf(inputs[0]!);
  switch (op) {
    case "Reshape":
      return numbersOf(attributes, "shape");
    case "Slice":
      return numbersOf(attributes, "size");
    case "Transpose":
      return numbersOf(attributes, "perm").map((axis) => shape[axis]!);
    default:
      return shape;
  }
}

/** A product broadcasts batch axes by itself. */
const multiplyUnexpanded: Rule = {
  ops: ["MatMul"],
  apply: ({ op, inputs, attributes }, graph) => {
    const i = inputs.findIndex((value, at) => {
      const source = graph.producedBy(value, "Expand")?.inputs[0];
      if (source === undefined) return false;
      const [full, own, other] = [graph.shapeOf(value), graph.shapeOf(source), graph.shapeOf(inputs[1 - at]!)];
      return (
        own.length >= 2 &&
        equalShapes(own.slice(-2), full.slice(-2)) &&
        equalShapes(other.slice(0, -2), full.slice(0, -2))
      );
    });
    return i < 0 ? null : graph.emitAll(op, inputs.with(i, graph.producer(inputs[i]!)!.inputs[0]!), attributes);
  },
};

/** Rules that keep broadcasts out of memory. */
export const broadcastingRules: readonly Rule[] = [
  readUnexpanded,
  computeBeforeExpanding,
  moveUniform,
  multiplyUnexpanded,
];

/** Keeps broadcasts out of memory. */
export const simplifyBroadcasts = passOf(broadcastingRules);
