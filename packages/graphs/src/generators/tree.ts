import type { IntegerSource } from "@nextscale/refinement-core";
import type { Edge, Graph } from "../graph/graph.js";
import { between, inRandomOrder, type SizeRange } from "./draws.js";

/** A uniformly random labelled tree. Bergmeister's have 64 nodes. */
export interface TreeRecipe {
  readonly kind: "tree";
  /** Default: 64. */
  readonly nodes?: SizeRange;
}

/** Draws a tree: each of the n^(n-2) sequences of Pruefer (1918) stands for one labelled tree. */
export function drawTree(draw: IntegerSource, { nodes }: Required<TreeRecipe>): Graph {
  const count = between(draw, nodes);
  const sequence = Array.from({ length: Math.max(0, count - 2) }, () => draw(count));
  return inRandomOrder(draw, count, treeOfSequence(count, sequence));
}

/**
 * The edges of the tree that a sequence of Pruefer stands for, in linear time: the pointer only moves up, and a node below it that
 * becomes a leaf is taken at once.
 *
 * @param sequence `count - 2` nodes
 */
export function treeOfSequence(count: number, sequence: readonly number[]): Edge[] {
  if (count < 2) return [];
  const degree = new Int32Array(count).fill(1);
  for (const node of sequence) degree[node]! += 1;
  const edges: Edge[] = [];
  let pointer = degree.indexOf(1);
  let leaf = pointer;
  for (const node of sequence) {
    edges.push([leaf, node]);
    degree[node]! -= 1;
    if (degree[node] === 1 && node < pointer) {
      leaf = node;
      continue;
    }
    do pointer += 1;
    while (degree[pointer] !== 1);
    leaf = pointer;
  }
  edges.push([leaf, count - 1]);
  return edges;
}
