import { edgesOf, type Graph } from "../graph/graph.js";
import type { FromGraphologyOptions, NamedGraph } from "../graph/graphology.js";
import { graphCollector, readLabelText } from "./collector.js";
import { fileError } from "./file-error.js";
import { element, startTag } from "./markup.js";
import { nodeNames } from "./names.js";
import { scanXml, type XmlStart } from "./scan-xml.js";

const WHERE = "graphs/readGraphml";

/** What an attribute of nodes or edges is called in a file. */
interface Key {
  readonly id: string;
  readonly of: string;
  fallback: string | undefined;
}

/** A node or edge whose data are being read. */
interface Item {
  readonly start: XmlStart;
  label: string | undefined;
}

/**
 * Reads a graph from GraphML (graphml.graphdrawing.org), such as networkx, igraph, yEd and Gephi write. Of the data of nodes and edges
 * only their label is read. Elements of other vocabularies (yEd's have a prefix) are passed over.
 *
 * @throws NextscaleError `invalid-file`, with the line, for text that is not well-formed, more than one graph, directed edges,
 *   hyperedges, self loops, parallel edges, edges of unknown nodes, or labels that are no whole numbers from 0 to 255
 */
export function readGraphml(text: string, options: FromGraphologyOptions = {}): NamedGraph {
  const { labelAttribute = "label" } = options;
  const graph = graphCollector(WHERE, "declared");
  const keys: Key[] = [];
  const open: XmlStart[] = [];
  let directed = false;
  let graphs = 0;
  let item: Item | undefined;
  let content: string | undefined;
  const required = ({ name, attributes, line }: XmlStart, attribute: string): string => {
    const value = attributes.get(attribute);
    if (value === undefined) throw fileError(WHERE, { expected: `${attribute} of <${name}>`, got: "none", line });
    return value;
  };
  const labelOf = ({ start, label }: Item): number => {
    const given = label ?? keys.find(({ of }) => of === start.name || of === "all")?.fallback;
    return given === undefined ? 0 : readLabelText(WHERE, given, start.line);
  };
  const opened = (start: XmlStart): void => {
    const { name, attributes, line } = start;
    if (open.length === 0 && name !== "graphml") {
      throw fileError(WHERE, { expected: "GraphML, whose root is <graphml>", got: `<${name}>`, line });
    }
    open.push(start);
    if (name === "graph") {
      graphs += 1;
      if (graphs > 1) throw fileError(WHERE, { expected: "one graph", got: "another <graph>", line });
      directed = required(start, "edgedefault") === "directed";
    } else if (name === "key") {
      const id = required(start, "id");
      const called = attributes.get("attr.name") ?? id;
      if (called === labelAttribute) keys.push({ id, of: attributes.get("for") ?? "all", fallback: undefined });
    } else if (name === "node" || name === "edge") {
      const outer = open.at(-2)!.name;
      if (outer !== "graph")
        throw fileError(WHERE, { expected: `<${name}> in <graph>`, got: `it in <${outer}>`, line });
      item = { start, label: undefined };
    } else if (name === "hyperedge") {
      throw fileError(WHERE, { expected: "edges between two nodes", got: "a hyperedge", line });
    } else if (name === "data" || name === "default") content = "";
  };
  const closed = (): void => {
    const { name, attributes, line } = open.pop()!;
    const outer = open.at(-1);
    if (name === "data" && item !== undefined && outer === item.start) {
      const key = attributes.get("key");
      if (keys.some(({ id, of }) => id === key && (of === outer.name || of === "all"))) item.label = content ?? "";
    } else if (name === "default" && outer?.name === "key") {
      const id = outer.attributes.get("id");
      for (const key of keys) if (key.id === id) key.fallback = content ?? "";
    } else if (name === "node") {
      graph.node(required(item!.start, "id"), line, labelOf(item!));
    } else if (name === "edge") {
      const [from, to] = [required(item!.start, "source"), required(item!.start, "target")];
      const own = attributes.get("directed");
      if (own === undefined ? directed : own === "true") {
        throw fileError(WHERE, { expected: "undirected edges", got: `a directed edge ${from} -> ${to}`, line });
      }
      graph.edge(from, to, line, labelOf(item!));
    }
    if (name === "data" || name === "default") content = undefined;
    if (name === "node" || name === "edge") item = undefined;
  };
  scanXml(WHERE, text, {
    open: opened,
    close: closed,
    text: (piece) => {
      if (content !== undefined) content += piece;
    },
  });
  if (graphs === 0) throw fileError(WHERE, { expected: "a <graph>", got: "none" });
  return graph.finish();
}

/**
 * A graph as GraphML, in pieces. Labels are an attribute `label` of type int, left out where all are 0.
 *
 * @param names what the nodes are called; default: their numbers
 * @throws NextscaleError `invalid-argument` for names that are not as many, not different, or that XML cannot hold
 */
export function* graphmlText(graph: Graph, names?: readonly string[]): Generator<string> {
  const called = nodeNames("graphs/graphmlText", graph, names);
  const labelled = { node: graph.nodeLabels.some((l) => l !== 0), edge: graph.edgeLabels.some((l) => l !== 0) };
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `${startTag("graphml", { xmlns: "http://graphml.graphdrawing.org/xmlns" })}\n`;
  for (const of of ["node", "edge"] as const) {
    if (labelled[of])
      yield `  ${element("key", { id: `${of}-label`, for: of, "attr.name": "label", "attr.type": "int" })}\n`;
  }
  yield `  ${startTag("graph", { edgedefault: "undirected" })}\n`;
  const data = (of: "node" | "edge", label: number): string[] =>
    labelled[of] ? [element("data", { key: `${of}-label` }, String(label))] : [];
  for (let v = 0; v < graph.nodeCount; v++) {
    yield `    ${element("node", { id: called(v) }, ...data("node", graph.nodeLabels[v]!))}\n`;
  }
  for (const [a, b, label] of edgesOf(graph)) {
    yield `    ${element("edge", { source: called(a), target: called(b) }, ...data("edge", label))}\n`;
  }
  yield "  </graph>\n</graphml>\n";
}
