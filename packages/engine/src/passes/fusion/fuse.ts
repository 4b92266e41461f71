import type { GraphBuilder } from "../../ir/graph-builder.js";
import type { Node, ValueId } from "../../ir/program.js";
import { formatType } from "../../ir/tensor-type.js";
import { operation } from "../../ops/index.js";
import { passOf } from "../pass.js";
import type { CandidateNode, Rule } from "../sweep.js";
import { geluPattern, siluPattern } from "./activation.js";
import { crossEntropyPattern } from "./cross-entropy.js";
import { layerNormPattern } from "./layer-norm.js";
import { logSoftmaxPattern } from "./log-softmax.js";
import type { FusedNode, GraphView, Pattern } from "./pattern.js";

const PATTERNS: readonly Pattern[] = [
  layerNormPattern,
  geluPattern,
  siluPattern,
  logSoftmaxPattern,
  crossEntropyPattern,
];

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
    if (!keepsType(graph, node, fused)) return null;
    const value = graph.emit(fused.op, fused.inputs, fused.attributes);
    return fused.negated === true ? graph.neg(value) : value;
  },
}));

/** How many nodes of its own group read an inner value at most: x - mean(x) is read by its square and by the last node. */
const MOST_READERS: Readonly<Record<string, number>> = { LayerNorm: 2 };

function onlyReadWithin(readers: number, op: string): boolean {
  return readers <= (MOST_READERS[op] ?? 1);
}

/** Whether the fused node gives what it replaces: a number spread over a larger shape makes a group larger than its input. */
function keepsType(graph: GraphBuilder, ...nodes: readonly [CandidateNode, FusedNode]): boolean {
  const [before, after] = nodes.map(({ op, inputs, attributes }) => {
    const types = inputs.map((value) => graph.typeOf(value));
    return formatType(operation(op).infer(types, attributes)[0]!);
  });
  return before === after;
}

/** Replaces plain operations by fused ones in a program. */
export const fusePatterns = passOf(fusionRules);

/** What a node that {@link fuseInPlace} made stands for. */
interface Replaced {
  readonly node: Node;
  /** Values inside the group, which nothing but the group reads once it is fused. */
  readonly group: ReadonlySet<ValueId>;
}

const replaced = new WeakMap<Node, Replaced>();

/**
 * Turns the last node of each recognised group into the fused node, in a graph that is still growing. Done before gradients
 * are traced it gives plain code the fused gradients; what is left of the group is dead code.
 *
 * @param wrt values by which the gradients are taken: a group that computes one of them stays as it is, or becomes what it
 *   was again, since no gradient would reach the value past the fused node
 */
export function fuseInPlace(graph: GraphBuilder, wrt: readonly ValueId[] = []): void {
  const producers = new Map<ValueId, Node>();
  const view: GraphView = {
    constants: graph.constants,
    shapeOf: (value) => graph.shapeOf(value),
    producer: (value) => producers.get(value),
  };
  const nodes = [...graph.nodes];
  graph.nodes.length = 0;
  for (const node of nodes) {
    const before = replaced.get(node);
    const replacement =
      before !== undefined && wrt.some((value) => before.group.has(value))
        ? [before.node, ...remainder(graph, node)]
        : fusedInstead(graph, node, view, wrt);
    graph.nodes.push(...replacement);
    for (const added of replacement) for (const output of added.outputs) producers.set(output, added);
  }
}

/** The fused node that defines the output of `node`, and a negation if need be; `node` itself when nothing matches. */
function fusedInstead(graph: GraphBuilder, node: Node, view: GraphView, wrt: readonly ValueId[]): readonly Node[] {
  for (const { ops, match } of PATTERNS) {
    const fused = ops.includes(node.op) ? match(node, view) : null;
    if (fused === null || !keepsType(graph, node, fused)) continue;
    const group = groupOf(node, fused, view);
    if (wrt.some((value) => group.has(value))) continue;
    const [first, ...others] = emitDetached(graph, fused).outputs;
    const { op, inputs, attributes } = fused;
    const nodes: readonly Node[] =
      fused.negated === true
        ? [
            { op, inputs, attributes, outputs: [first!, ...others] },
            { op: "Neg", inputs: [first!], attributes: {}, outputs: node.outputs },
          ]
        : [{ op, inputs, attributes, outputs: [node.outputs[0]!, ...others] }];
    replaced.set(nodes.at(-1)!, { node, group });
    return nodes;
  }
  return [node];
}

/** Values from which the last node of a group is computed, up to the inputs of the fused node. */
function groupOf(last: CandidateNode, fused: FusedNode, view: GraphView): ReadonlySet<ValueId> {
  const group = new Set<ValueId>();
  const visit = (value: ValueId) => {
    if (fused.inputs.includes(value) || group.has(value)) return;
    group.add(value);
    view.producer(value)?.inputs.forEach(visit);
  };
  last.inputs.forEach(visit);
  return group;
}

/** A fused node whose first output has another definition again: gradients traced before may read its other outputs. */
function remainder(graph: GraphBuilder, { op, inputs, attributes, outputs }: Node): readonly Node[] {
  if (outputs.length === 1) return [];
  const [first] = emitDetached(graph, { op, inputs, attributes }).outputs;
  return [{ op, inputs, attributes, outputs: [first!, ...outputs.slice(1)] }];
}

/** A node with outputs of its own that is not among the nodes of the graph. */
function emitDetached(graph: GraphBuilder, { op, inputs, attributes }: CandidateNode): Node {
  graph.emitAll(op, inputs, attributes);
  return graph.nodes.pop()!;
}
