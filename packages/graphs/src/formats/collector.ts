import { GRAPH_LIMITS, graphOf, type Edge } from "../graph/graph.js";
import type { NamedGraph } from "../graph/graphology.js";
import { fileError } from "./file-error.js";

/** Collects what a text says of one graph, in any order, and remembers where it said it. */
export interface GraphCollector {
  readonly node: (name: string, line: number, label?: number) => void;
  readonly edge: (from: string, to: string, line: number, label?: number) => void;
  /** @throws NextscaleError `invalid-file` with the line of an edge that cannot be */
  readonly finish: () => NamedGraph;
}

/**
 * A collector that has nothing yet.
 *
 * @param nodes whether a node must be named by itself, or is there once an edge names it
 */
export function graphCollector(where: string, nodes: "declared" | "implied"): GraphCollector {
  const numbers = new Map<string, number>();
  const nodeLabels: number[] = [];
  const edges: { readonly from: string; readonly to: string; readonly line: number; readonly label: number }[] = [];
  const addNode = (name: string, line: number, label: number): void => {
    if (numbers.size === GRAPH_LIMITS.nodes) {
      throw fileError(where, { expected: `at most ${GRAPH_LIMITS.nodes} nodes`, got: "another one", line });
    }
    numbers.set(name, numbers.size);
    nodeLabels.push(label);
  };
  return {
    node(name, line, label = 0) {
      const known = numbers.has(name);
      if (known && nodes === "declared")
        throw fileError(where, { expected: "each node once", got: `${name} again`, line });
      if (!known) addNode(name, line, label);
    },
    edge(from, to, line, label = 0) {
      if (edges.length === GRAPH_LIMITS.edges) {
        throw fileError(where, { expected: `at most ${GRAPH_LIMITS.edges} edges`, got: "another one", line });
      }
      if (from === to) {
        throw fileError(where, { expected: "edges between two nodes", got: `a loop at node ${from}`, line });
      }
      if (nodes === "implied") for (const name of [from, to]) if (!numbers.has(name)) addNode(name, line, 0);
      edges.push({ from, to, line, label });
    },
    finish() {
      const count = numbers.size;
      const pairs = new Float64Array(edges.length);
      const ends = edges.map(({ from, to, line, label }, i): Edge => {
        const [a, b] = [numbers.get(from), numbers.get(to)];
        if (a === undefined || b === undefined) {
          const got = `an edge of ${a === undefined ? from : to}`;
          throw fileError(where, { expected: "edges between nodes of the graph", got, line });
        }
        pairs[i] = Math.min(a, b) * count + Math.max(a, b);
        return [a, b, label];
      });
      const twice = repeatedAt(pairs);
      if (twice !== undefined) {
        const { from, to, line } = edges[twice]!;
        throw fileError(where, { expected: "one edge at most between two nodes", got: `${from} - ${to} again`, line });
      }
      return { graph: graphOf({ nodeCount: count, edges: ends, nodeLabels }), names: [...numbers.keys()] };
    },
  };
}

/** Where a number stands for the second time. Sorting first: a set of ten million numbers is more than most machines like. */
function repeatedAt(values: Float64Array): number | undefined {
  const sorted = values.slice().sort();
  const repeated = sorted.find((value, i) => i > 0 && value === sorted[i - 1]);
  return repeated === undefined ? undefined : values.indexOf(repeated, values.indexOf(repeated) + 1);
}

/** A label from a text. */
export function readLabelText(where: string, text: string, line: number): number {
  const label = /^\s*\d{1,3}\s*$/.test(text) ? Number(text) : NaN;
  if (label < GRAPH_LIMITS.labels) return label;
  throw fileError(where, {
    expected: `labels that are whole numbers from 0 to ${GRAPH_LIMITS.labels - 1}`,
    got: JSON.stringify(text),
    line,
    fix: "name the attribute that holds such labels as labelAttribute, or null for none",
  });
}
