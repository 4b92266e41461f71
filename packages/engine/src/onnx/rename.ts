import type { OnnxNode } from "./model.js";

/** A node with its values renamed, also where the graphs inside it read them. */
export function renameIn(node: OnnxNode, rename: (name: string) => string): OnnxNode {
  const attributes = Object.entries(node.attributes).map(([key, attribute]): [string, typeof attribute] => {
    if (!("graph" in attribute)) return [key, attribute];
    const nodes = attribute.graph.nodes.map((inner) => renameIn(inner, rename));
    return [key, { graph: { ...attribute.graph, nodes } }];
  });
  const { inputs, outputs } = node;
  return {
    ...node,
    inputs: inputs.map(rename),
    outputs: outputs.map(rename),
    attributes: Object.fromEntries(attributes),
  };
}
