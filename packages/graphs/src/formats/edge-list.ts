import { NextscaleError } from "@nextscale/engine";
import { edgesOf, type Graph } from "../graph/graph.js";
import type { NamedGraph } from "../graph/graphology.js";
import { graphCollector, readLabelText } from "./collector.js";
import { FORMAT_LIMITS, fileError } from "./file-error.js";
import { nodeNames } from "./names.js";

const WHERE = "graphs/readEdgeList";

/**
 * Reads a graph from an edge list: a line for each edge with the names of its nodes, separated by spaces, tabs or a comma, and its
 * label where it has one. A name alone is a node, which may have no edges. What follows `#` is a comment, and so is a line that begins with `%`.
 *
 * @throws NextscaleError `invalid-file`, with the line, for anything else, self loops or parallel edges
 */
export function readEdgeList(text: string): NamedGraph {
  if (text.length > FORMAT_LIMITS.text) {
    throw fileError(WHERE, { expected: `at most ${FORMAT_LIMITS.text} characters`, got: `${text.length}` });
  }
  const graph = graphCollector(WHERE, "implied");
  let line = 0;
  for (let from = 0; from < text.length;) {
    const end = text.indexOf("\n", from);
    const raw = text.slice(from, end === -1 ? text.length : end);
    from = end === -1 ? text.length : end + 1;
    line += 1;
    const [a, b, label, ...rest] = fieldsOf(raw);
    if (a === undefined) continue;
    if (b === undefined) graph.node(a, line);
    else if (rest.length === 0) graph.edge(a, b, line, label === undefined ? 0 : readLabelText(WHERE, label, line));
    else throw fileError(WHERE, { expected: "two nodes and a label at most", got: JSON.stringify(raw), line });
  }
  return graph.finish();
}

/** The fields of a line; none for an empty one or a comment. */
function fieldsOf(line: string): string[] {
  const [content] = line.replace(/^\uFEFF/, "").split("#", 1);
  const trimmed = content!.trim();
  return trimmed === "" || trimmed.startsWith("%") ? [] : trimmed.split(/\s*,\s*|\s+/);
}

/**
 * A graph as an edge list, in pieces. Every node stands on a line of its own first, so that none is lost and the order is kept.
 *
 * @param names what the nodes are called, without spaces, commas, `#`, and a `%` at the beginning; default: their numbers
 * @throws NextscaleError `invalid-argument` for node labels, which the format does not have, or names it cannot hold
 */
export function* edgeListText(graph: Graph, names?: readonly string[]): Generator<string> {
  const where = "graphs/edgeListText";
  if (graph.nodeLabels.some((label) => label !== 0)) {
    throw new NextscaleError({
      code: "invalid-argument",
      where,
      expected: "a graph whose nodes have no labels: an edge list has no place for them",
      got: "labels",
      fix: "write GraphML, GEXF or JSON lines",
    });
  }
  const called = nodeNames(where, graph, names, (name) => /^[^\s,#%][^\s,#]*$/.test(name));
  const labelled = graph.edgeLabels.some((label) => label !== 0);
  // Nodes are numbered as they come up, so all of them are named first, in order.
  for (let v = 0; v < graph.nodeCount; v++) yield `${called(v)}\n`;
  for (const [a, b, label] of edgesOf(graph)) yield `${called(a)} ${called(b)}${labelled ? ` ${label}` : ""}\n`;
}
