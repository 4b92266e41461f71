import { NextscaleError } from "../errors.js";
import type { GraphBuilder } from "../ir/graph-builder.js";
import type { Node, ValueId } from "../ir/program.js";
import { operation } from "../ops/index.js";

/**
 * Reverse-mode differentiation on the graph itself: appends nodes that compute the gradient of the scalar `loss` with
 * respect to each value of `wrt`. Values that the loss does not depend on get a zero gradient.
 *
 * @throws NextscaleError `no-gradient` when the path from `wrt` to `loss` crosses an operation without a gradient rule
 */
export function reverseSweep(graph: GraphBuilder, loss: ValueId, wrt: readonly ValueId[]): readonly ValueId[] {
  if (graph.shapeOf(loss).length !== 0) {
    throw new NextscaleError({
      code: "shape",
      where: "engine/gradients",
      expected: "a scalar loss",
      got: `shape [${graph.shapeOf(loss).join(",")}]`,
      fix: "reduce it with tf.mean or tf.sum",
    });
  }
  const path = nodesBetween(graph.nodes, wrt, loss);
  const gradients = new Map<ValueId, ValueId>([[loss, graph.scalar(1)]]);
  for (const node of path.nodes.reverse()) {
    const incoming = node.outputs.map((output) => gradients.get(output) ?? null);
    if (incoming.every((gradient) => gradient === null)) continue;
    for (const [i, contribution] of contributions(graph, node, incoming, path.dependent)) {
      const input = node.inputs[i] as ValueId;
      const sum = gradients.get(input);
      gradients.set(input, sum === undefined ? contribution : graph.add(sum, contribution));
    }
  }
  return wrt.map((value) => gradients.get(value) ?? graph.expand(graph.scalar(0), graph.shapeOf(value)));
}

/** Gradient contributions of one node by input position. */
function contributions(
  graph: GraphBuilder,
  node: Node,
  incoming: readonly (ValueId | null)[],
  dependent: ReadonlySet<ValueId>,
): readonly (readonly [number, ValueId])[] {
  const rule = operation(node.op).gradient;
  if (rule === undefined) {
    throw new NextscaleError({
      code: "no-gradient",
      where: "engine/gradients",
      expected: "differentiable operations between the loss and the values it is differentiated by",
      got: `${node.op}, which has no gradient`,
      fix: "cut the path with stopGradient",
    });
  }
  const wanted = node.inputs.map((input) => dependent.has(input));
  return rule(graph, { ...node, wanted }, incoming).flatMap((gradient, i) =>
    gradient === null || !wanted[i] ? [] : [[i, gradient] as const],
  );
}

/** Nodes on some path from `from` to `to`, in execution order, and all float values that depend on `from`. */
function nodesBetween(
  nodes: readonly Node[],
  from: readonly ValueId[],
  to: ValueId,
): { readonly nodes: Node[]; readonly dependent: ReadonlySet<ValueId> } {
  const dependent = new Set(from);
  const forward = nodes.filter((node) => {
    const reached = CUTS.has(node.op) ? false : node.inputs.some((input) => dependent.has(input));
    if (reached) for (const output of node.outputs) dependent.add(output);
    return reached;
  });
  const needed = new Set([to]);
  const backward = forward.reverse().filter((node) => {
    const leads = node.outputs.some((output) => needed.has(output));
    if (leads) for (const input of node.inputs) needed.add(input);
    return leads;
  });
  return { nodes: backward.reverse(), dependent };
}

/** Operations that no gradient passes: piecewise constant, or cut on purpose. */
const CUTS: ReadonlySet<string> = new Set([
  "StopGradient",
  ...["Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual", "And", "Or", "Not", "IsNaN"],
  ...["ArgMax", "ArgMin", "OneHot", "Sign", "Floor", "Ceil", "Round", "FloorDiv"],
]);
