import { requireOptions, wholeWithin } from "@nextscale/refinement-core";
import { NextscaleError } from "@nextscale/engine";
import { element, rounded, startTag } from "../formats/markup.js";
import { degreeOf, edgesOf, type Graph } from "../graph/graph.js";
import { EDGE, INK, labelColour, PAPER, rampColour } from "./colours.js";
import { fitted, layoutOf } from "./layout.js";
import { marker } from "./markers.js";
import { counted, headOf, label, MARGIN, page, requireDrawable, textWidth } from "./page.js";

/** What the colour and shape of nodes say: their label, or how many neighbours they have. */
export type NodeColouring = "label" | "degree";

/** Options of {@link graphSvg} and {@link graphGridSvg}. */
export interface GraphGridOptions {
  /** Above all. Default: none. */
  readonly title?: string;
  /** Graphs side by side. Default: about as many as rows, and eight at most. */
  readonly columns?: number;
  /** Pixels of a graph in both directions. Default: 180. */
  readonly cell?: number;
  /** Under each graph. Default: its numbers of nodes and edges. */
  readonly captions?: readonly string[];
  /** Default: by label where a node has one that is not 0, by degree else. */
  readonly colouring?: NodeColouring;
}

const WHERE = "graphs/graphGridSvg";
const CAPTION = 22;
const GAP = 16;
const LEGEND = 30;

const TEXT = { expected: "a text", fits: (value: unknown) => typeof value === "string" };
const REQUIREMENTS = {
  title: TEXT,
  columns: wholeWithin(1, 100),
  cell: wholeWithin(40, 2000),
  captions: {
    expected: "a list of texts",
    fits: (value: unknown) => Array.isArray(value) && Array.from(value).every(TEXT.fits),
  },
  colouring: { expected: "label or degree", fits: (value: unknown) => value === "label" || value === "degree" },
};

/** A picture of one graph, as {@link graphGridSvg} of one. */
export function graphSvg(graph: Graph, options: Omit<GraphGridOptions, "columns" | "captions"> = {}): string {
  return graphGridSvg([graph], { cell: 420, ...options });
}

/**
 * A picture of graphs in rows, as an SVG file that opens alone. Nodes are laid out by force (`layoutOf`); labels have a colour and a
 * shape each, degrees a colour and a size, and a legend says which. Labelled edges differ in width, and are dashed from 4. The same
 * graphs make the same file.
 *
 * @throws NextscaleError `invalid-argument` for options outside their ranges, captions that are not as many as graphs, or more than
 *   can be drawn
 */
export function graphGridSvg(graphs: readonly Graph[], options: GraphGridOptions = {}): string {
  requireOptions(WHERE, options, REQUIREMENTS);
  requireDrawable(WHERE, graphs);
  const { title, captions = graphs.map(sizesOf), cell = 180 } = options;
  if (captions.length !== graphs.length) {
    const expected = `${graphs.length} captions`;
    throw new NextscaleError({ code: "invalid-argument", where: WHERE, expected, got: `${captions.length}` });
  }
  const labelled = graphs.some((graph) => graph.nodeLabels.some((of) => of !== 0));
  const { colouring = labelled ? "label" : "degree" } = options;
  const columns =
    Math.min(graphs.length, options.columns ?? Math.min(8, Math.ceil(Math.sqrt(1.6 * graphs.length)))) || 1;
  const rows = Math.ceil(graphs.length / columns);
  const top = headOf(title);
  const style = styleOf(graphs, colouring);
  const cells = graphs.map((graph, i) => {
    const [x, y] = [MARGIN + (i % columns) * (cell + GAP), top + Math.floor(i / columns) * (cell + CAPTION + GAP)];
    return element(
      "g",
      { transform: `translate(${x},${y})` },
      graphMarkup(graph, cell, style),
      label(captions[i]!, { x: cell / 2, y: cell + 15 }),
    );
  });
  const bottom = top + rows * (cell + CAPTION + GAP) - (rows === 0 ? 0 : GAP);
  const legend = graphs.some((graph) => graph.nodeCount > 0) ? legendOf(style, bottom + 18) : { width: 0, markup: "" };
  const width = Math.max(columns * (cell + GAP) - GAP, legend.width, textWidth(title ?? "", 17)) + 2 * MARGIN;
  const height = bottom + (legend.markup === "" ? 0 : LEGEND) + MARGIN / 2;
  const description = graphs.length === 1 ? `A graph: ${captions[0]!}` : counted(graphs.length, "graph");
  return page({ width, height }, { title, description }, ...cells, legend.markup);
}

function sizesOf({ nodeCount, edgeCount }: Graph): string {
  return `${counted(nodeCount, "node")}, ${counted(edgeCount, "edge")}`;
}

/** How nodes are drawn, in all graphs of a picture alike. */
interface NodeStyle {
  readonly colouring: NodeColouring;
  /** Labels or degrees that occur, ascending. */
  readonly values: readonly number[];
  readonly of: (graph: Graph, node: number) => number;
  readonly colour: (value: number) => string;
  readonly shape: (value: number) => number;
  /** Part of the common radius. */
  readonly size: (value: number) => number;
}

function styleOf(graphs: readonly Graph[], colouring: NodeColouring): NodeStyle {
  const of = colouring === "label" ? (graph: Graph, node: number) => graph.nodeLabels[node]! : degreeOf;
  const found = new Set<number>();
  for (const graph of graphs) for (let v = 0; v < graph.nodeCount; v++) found.add(of(graph, v));
  const values = [...found].sort((a, b) => a - b);
  if (colouring === "label") return { colouring, values, of, colour: labelColour, shape: (v) => v, size: () => 1 };
  const [least, most] = [values[0] ?? 0, values.at(-1) ?? 0];
  const share = (value: number) => (most === least ? 0.35 : (value - least) / (most - least));
  return {
    colouring,
    values,
    of,
    colour: (v) => rampColour(0.9 * share(v)),
    shape: () => 0,
    size: (v) => 0.75 + 0.5 * share(v),
  };
}

/** Nodes over edges, in a square. */
function graphMarkup(graph: Graph, cell: number, style: NodeStyle): string {
  if (graph.nodeCount === 0) return label("no nodes", { x: cell / 2, y: cell / 2, "font-style": "italic" });
  const radius = Math.min(cell / 32, Math.max(cell / 110, (0.22 * cell) / Math.sqrt(graph.nodeCount)));
  const places = fitted(layoutOf(graph));
  const reach = cell / 2 - 1.6 * radius;
  const at = (v: number) => ({ x: cell / 2 + places[2 * v]! * reach, y: cell / 2 + places[2 * v + 1]! * reach });
  const edges = edgesOf(graph).map(([a, b, of]) => {
    const [from, to] = [at(a), at(b)];
    const thick = (0.3 + 0.3 * Math.min(of, 4)) * radius;
    const width = of === 0 ? {} : { "stroke-width": thick };
    // In units of the width, and cut off straight: round ends would close the gaps.
    const gaps = `${rounded(1.5 * thick)} ${rounded(thick)}`;
    const dash = of < 4 ? {} : { "stroke-dasharray": gaps, "stroke-linecap": "butt" };
    return element("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, ...width, ...dash });
  });
  const nodes = Array.from({ length: graph.nodeCount }, (_, v) => {
    const value = style.of(graph, v);
    const size = style.size(value) * radius;
    return marker({ ...at(v), radius: size, shape: style.shape(value), attributes: { fill: style.colour(value) } });
  });
  return [
    startTag("g", { stroke: EDGE, "stroke-width": Math.max(0.6, 0.18 * radius), "stroke-linecap": "round" }),
    ...edges,
    "</g>",
    startTag("g", { stroke: PAPER, "stroke-width": Math.max(0.5, 0.18 * radius) }),
    ...nodes,
    "</g>",
  ].join("");
}

/** Most values that a legend shows. */
const MOST_ENTRIES = 12;

function legendOf(style: NodeStyle, y: number): { readonly width: number; readonly markup: string } {
  const { values, colouring } = style;
  // Of many degrees the ends and some between; of many labels the first.
  const step = Math.max(1, (values.length - 1) / 6);
  const shown =
    colouring === "label"
      ? values.slice(0, MOST_ENTRIES)
      : [...new Set(Array.from({ length: 7 }, (_, i) => values[Math.min(values.length - 1, Math.round(i * step))]!))];
  let x = MARGIN;
  const name = `node ${colouring}`;
  const parts = [label(name, { x, y: y + 4, "text-anchor": "start" })];
  x += textWidth(name, 12) + 16;
  for (const value of shown) {
    const text = String(value);
    const attributes = { fill: style.colour(value), stroke: PAPER, "stroke-width": 0.5 };
    parts.push(marker({ x, y, radius: 5.5 * style.size(value), shape: style.shape(value), attributes }));
    parts.push(label(text, { x: x + 11, y: y + 4, "text-anchor": "start", fill: INK }));
    x += 11 + textWidth(text, 12) + 18;
  }
  if (shown.length < values.length && colouring === "label") {
    parts.push(label("…", { x, y: y + 4, "text-anchor": "start" }));
    x += 12;
  }
  return { width: x - MARGIN, markup: parts.join("") };
}
