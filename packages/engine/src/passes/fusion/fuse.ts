import type { GraphBuilder } from "../../ir/graph-builder.js";
import type { Node, ValueId } from "../../ir/program.js";
import { passOf } from "../pass.js";
import type { Rule } from "../sweep.js";
import { geluPattern, siluPattern } from "./activation.js";
import { crossEntropyPattern } from "./cross-entropy.js";
import { layerNormPattern } from "./layer-norm.js";
import { logSoftmaxPattern } from "./log-softmax.js";
import type { GraphView, Pattern } from "./pattern.js";

const PATTERNS: readonly Pattern[] = [layerNormPattern, geluPattern, siluPattern, logSoftmaxPattern, crossEntropyPattern];

/**
 * Replaces groups of plain operations by the fused ones (LayerNorm, Gelu, Silu, LogSoftmax, CrossEntropy), where that frees the group:
 * in a program with gradients already traced, the gradient reads the group's inner values, and the group stays as it is.
 * {@link fuseInPlace} before differentiation has no such limit.
 */
export const fusionRules: readonly Rule[] = PATTERNS.map(({ ops, match }) => ({
  ops,
  apply: (node, graph) => {
    const fused = match(node, graph);
    if (fused === null || !fused.inner.every((value) => onlyReadWithin(graph.readers(value), fused.op))) return null;
    const value = graph.emit(fused.op, fused.inputs, fused.attributes);
    return fused.negated === true ? graph.neg(value) : value;
  },
}));

/** How many nodes of its own group read an inner value at most: x - mean(x) is read by its square and by the last node. */
const MOST_READERS: Readonly<Record<string, number>> = { LayerNorm: 2 };

function onlyReadWithin(readers: number, op: string): boolean {
  return readers <= (MOST_READERS[op] ?? 1);
}

/** Replaces plain operations by fused ones in a program. */
export const fusePatterns = passOf(fusionRules);

/**
 * Turns the last node of each recognised group into the fused node, in a graph that is still growing. Done before gradients
 * are traced it gives plain code the fused gradients; what is left of the group is dead code.
 */
export function fuseInPlace(graph: GraphBuilder): void {
  const producers = new Map<ValueId, Node>();
  const view: GraphView = {
    constants: graph.constants,
    shapeOf: (value) => graph.shapeOf(value),
    producer: (value) => producers.get(value),
  };
  const nodes = [...graph.nodes];
  graph.nodes.length = 0;
  for (const node of nodes) {
    const replacement = fusedInstead(graph, node, view);
    graph.nodes.push(...replacement);
    for (const added of replacement) for (const output of added.outputs) producers.set(output, added);
  }
}

/** The fused node that defines the output of `node`, and a negation if need be; `node` itself when nothing matches. */
function fusedInstead(graph: GraphBuilder, node: Node, view: GraphView): readonly Node[] {
  for (const { ops, match } of PATTERNS) {
    const fused = ops.includes(node.op) ? match(node, view) : null;
    if (fused === null) continue;
    const [first, ...others] = graph.emitAll(fused.op, fused.inputs, fused.attributes);
    graph.nodes.pop();
    const { op, inputs, attributes } = fused;
    if (fused.negated !== true) return [{ op, inputs, attributes, outputs: [node.outputs[0]!, ...others] }];
    return [
      { op, inputs, attributes, outputs: [first!, ...others] },
      { op: "Neg", inputs: [first!], attributes: {}, outputs: node.outputs },
    ];
  }
  return [node];
}
