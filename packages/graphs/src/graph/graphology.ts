import { NextscaleError } from "@nextscale/engine";
import { UndirectedGraph } from "graphology";
import { edgesOf, GRAPH_LIMITS, graphOf, type Edge, type Graph } from "./graph.js";

/** Any graph of graphology: its classes differ in what they allow, not in their type. */
export type GraphologyGraph = UndirectedGraph;

/** What nodes and edges of a graph carry in graphology: nothing where all labels are 0. */
export interface LabelAttributes {
  readonly label?: number;
}

/** A graph and what its nodes are called, in their order. */
export interface NamedGraph {
  readonly graph: Graph;
  readonly names: readonly string[];
}

/** Options of {@link fromGraphology}. */
export interface FromGraphologyOptions {
  /**
   * The attribute of nodes and edges that holds their label, a whole number from 0 to 255 or its digits; where it is missing the
   * label is 0. Default: `label`. `null` reads no labels.
   */
  readonly labelAttribute?: string | null;
}

const WHERE = "graphs/fromGraphology";

/**
 * A graph as graphology has it, for its layouts, metrics and exports. Node `v` has the key `String(v)`; nodes have an attribute
 * `label` where not all their labels are 0, and so have edges.
 */
export function toGraphology(graph: Graph): UndirectedGraph<LabelAttributes, LabelAttributes> {
  const target = new UndirectedGraph<LabelAttributes, LabelAttributes>();
  const nodesLabelled = graph.nodeLabels.some((label) => label !== 0);
  const edgesLabelled = graph.edgeLabels.some((label) => label !== 0);
  graph.nodeLabels.forEach((label, v) => target.addNode(String(v), nodesLabelled ? { label } : {}));
  for (const [a, b, label] of edgesOf(graph)) {
    target.addUndirectedEdge(String(a), String(b), edgesLabelled ? { label } : {});
  }
  return target;
}

/**
 * The graph that a graphology graph is, nodes in the order they were added, and the keys they had.
 *
 * @throws NextscaleError `invalid-data` for directed edges, self loops, parallel edges, labels that are no whole numbers from 0 to
 *   255, or more nodes or edges than {@link GRAPH_LIMITS}
 */
export function fromGraphology(source: GraphologyGraph, options: FromGraphologyOptions = {}): NamedGraph {
  const { labelAttribute = "label" } = options;
  if (source.order > GRAPH_LIMITS.nodes) throw invalid(`at most ${GRAPH_LIMITS.nodes} nodes`, `${source.order}`);
  if (source.size > GRAPH_LIMITS.edges) throw invalid(`at most ${GRAPH_LIMITS.edges} edges`, `${source.size}`);
  const names = source.nodes();
  const numbers = new Map(names.map((name, v) => [name, v]));
  const labelOf = (attributes: Readonly<Record<string, unknown>>, of: () => string): number =>
    labelAttribute === null ? 0 : readLabel(attributes[labelAttribute], labelAttribute, of);
  const nodeLabels = names.map((name) => labelOf(source.getNodeAttributes(name), () => `node ${name}`));
  const edges: Edge[] = [];
  const seen = new Set<number>();
  source.forEachEdge((_, attributes, from, to, _from, _to, undirected) => {
    if (!undirected) {
      throw invalid("undirected edges", `a directed edge ${from} -> ${to}`, "make the graph undirected first");
    }
    const [a, b] = [numbers.get(from)!, numbers.get(to)!];
    if (a === b) throw invalid("edges between two nodes", `a loop at node ${from}`, "drop the self loops first");
    const pair = Math.min(a, b) * names.length + Math.max(a, b);
    if (seen.has(pair)) {
      throw invalid("one edge at most between two nodes", `parallel edges ${from} - ${to}`, "merge them first");
    }
    seen.add(pair);
    edges.push([a, b, labelOf(attributes, () => `edge ${from} - ${to}`)]);
  });
  return { graph: graphOf({ nodeCount: names.length, edges, nodeLabels }), names };
}

/** A label as attributes have it: a number, or a text where a file does not say that it is one. */
function readLabel(value: unknown, attribute: string, of: () => string): number {
  if (value === undefined || value === null) return 0;
  const label = typeof value === "string" && /^\d{1,3}$/.test(value) ? Number(value) : value;
  if (typeof label === "number" && Number.isInteger(label) && label >= 0 && label < GRAPH_LIMITS.labels) return label;
  const shown = typeof value === "string" || typeof value === "number" ? JSON.stringify(value) : typeof value;
  throw invalid(
    `whole numbers from 0 to ${GRAPH_LIMITS.labels - 1} in the attribute ${attribute}`,
    `${shown} at ${of()}`,
    "name the attribute that holds such labels as labelAttribute, or null for none",
  );
}

function invalid(expected: string, got: string, fix?: string): NextscaleError {
  return new NextscaleError({
    code: "invalid-data",
    where: WHERE,
    expected,
    got,
    ...(fix === undefined ? {} : { fix }),
  });
}
