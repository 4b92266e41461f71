import { edgesOf, type Graph } from "../graph/graph.js";
import type { FromGraphologyOptions, NamedGraph } from "../graph/graphology.js";
import { graphCollector, readLabelText } from "./collector.js";
import { fileError } from "./file-error.js";
import { element, startTag } from "./markup.js";
import { nodeNames } from "./names.js";
import { scanXml, type XmlStart } from "./scan-xml.js";

const WHERE = "graphs/readGexf";

/** The attribute that holds the labels of nodes, or of edges. */
interface LabelAttribute {
  readonly id: string;
  fallback: string | undefined;
}

/**
 * Reads a graph from GEXF 1.1 to 1.3 (gexf.net), such as Gephi and networkx write. Labels come from an attribute of that title or id;
 * the XML attribute `label` of a node is what a person calls it, as a rule, and is not read. Nodes inside nodes are nodes like others.
 *
 * @throws NextscaleError `invalid-file`, with the line, for text that is not well-formed, more than one graph, directed edges, self
 *   loops, parallel edges, edges of unknown nodes, or labels that are no whole numbers from 0 to 255
 */
export function readGexf(text: string, options: FromGraphologyOptions = {}): NamedGraph {
  const { labelAttribute = "label" } = options;
  const graph = graphCollector(WHERE, "declared");
  const attributesOf = new Map<string, LabelAttribute>();
  const open: XmlStart[] = [];
  /** Labels of the items that are open, one inside the other. */
  const labels: (string | undefined)[] = [];
  let graphs = 0;
  let directed = false;
  let content: string | undefined;
  const required = ({ name, attributes, line }: XmlStart, attribute: string): string => {
    const value = attributes.get(attribute);
    if (value === undefined) throw fileError(WHERE, { expected: `${attribute} of <${name}>`, got: "none", line });
    return value;
  };
  const opened = (start: XmlStart): void => {
    const { name, attributes, line } = start;
    if (open.length === 0 && name !== "gexf") {
      throw fileError(WHERE, { expected: "GEXF, whose root is <gexf>", got: `<${name}>`, line });
    }
    open.push(start);
    if (name === "graph") {
      graphs += 1;
      if (graphs > 1) throw fileError(WHERE, { expected: "one graph", got: "another <graph>", line });
      directed = attributes.get("defaultedgetype") === "directed";
    } else if (name === "attribute") {
      const of = open.at(-2)?.attributes.get("class") ?? "node";
      const id = required(start, "id");
      const called = attributes.get("title") ?? id;
      if (called === labelAttribute || id === labelAttribute) attributesOf.set(of, { id, fallback: undefined });
    } else if (name === "default") content = "";
    else if (name === "node" || name === "edge") labels.push(undefined);
    else if (name === "attvalue" && labels.length > 0) {
      const of = open.findLast((outer) => outer.name === "node" || outer.name === "edge")!.name;
      const id = attributes.get("for") ?? attributes.get("id");
      if (id !== undefined && id === attributesOf.get(of)?.id) labels[labels.length - 1] = required(start, "value");
    }
  };
  const closed = (): void => {
    const start = open.pop()!;
    const { name, attributes, line } = start;
    if (name === "default") {
      const [attribute, list] = [open.at(-1), open.at(-2)];
      const known = attributesOf.get(list?.attributes.get("class") ?? "node");
      if (known !== undefined && known.id === attribute?.attributes.get("id")) known.fallback = content ?? "";
      content = undefined;
    } else if (name === "node" || name === "edge") {
      const given = labels.pop() ?? attributesOf.get(name)?.fallback;
      const label = given === undefined ? 0 : readLabelText(WHERE, given, line);
      if (name === "node") return graph.node(required(start, "id"), line, label);
      const [from, to] = [required(start, "source"), required(start, "target")];
      const type = attributes.get("type");
      if (type === undefined ? directed : type === "directed") {
        throw fileError(WHERE, { expected: "undirected edges", got: `a directed edge ${from} -> ${to}`, line });
      }
      graph.edge(from, to, line, label);
    }
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
 * A graph as GEXF 1.3, in pieces. Labels are an attribute `label` of type integer, left out where all are 0; what a node is called is
 * its id and its XML attribute `label`, which Gephi shows.
 *
 * @param names what the nodes are called; default: their numbers
 * @throws NextscaleError `invalid-argument` for names that are not as many, not different, or that XML cannot hold
 */
export function* gexfText(graph: Graph, names?: readonly string[]): Generator<string> {
  const called = nodeNames("graphs/gexfText", graph, names);
  const labelled = { node: graph.nodeLabels.some((l) => l !== 0), edge: graph.edgeLabels.some((l) => l !== 0) };
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `${startTag("gexf", { xmlns: "http://gexf.net/1.3", version: "1.3" })}\n`;
  yield `  ${startTag("graph", { defaultedgetype: "undirected" })}\n`;
  for (const of of ["node", "edge"] as const) {
    const attribute = element("attribute", { id: "label", title: "label", type: "integer" });
    if (labelled[of]) yield `    ${element("attributes", { class: of }, attribute)}\n`;
  }
  const values = (of: "node" | "edge", label: number): string[] =>
    labelled[of] ? [element("attvalues", {}, element("attvalue", { for: "label", value: String(label) }))] : [];
  yield "    <nodes>\n";
  for (let v = 0; v < graph.nodeCount; v++) {
    const name = called(v);
    yield `      ${element("node", { id: name, label: name }, ...values("node", graph.nodeLabels[v]!))}\n`;
  }
  yield "    </nodes>\n    <edges>\n";
  let number = 0;
  for (const [a, b, label] of edgesOf(graph)) {
    const ends = { id: String(number++), source: called(a), target: called(b) };
    yield `      ${element("edge", ends, ...values("edge", label))}\n`;
  }
  yield "    </edges>\n  </graph>\n</gexf>\n";
}
