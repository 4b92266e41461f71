import { NextscaleError } from "@nextscale/engine";
import { element, escaped, type MarkupAttributes } from "../formats/markup.js";
import type { Graph } from "../graph/graph.js";
import { FAINT_INK, INK, PAPER } from "./colours.js";

/** What a picture can show: more could not be told apart, and makes files that no viewer opens. */
export const DRAWING_LIMITS = { graphs: 400, nodes: 2_000, allNodes: 20_000, allEdges: 100_000 } as const;

/** @throws NextscaleError `invalid-argument` for more graphs, nodes or edges than {@link DRAWING_LIMITS} */
export function requireDrawable(where: string, graphs: readonly Graph[]): void {
  const sum = (of: (graph: Graph) => number) => graphs.reduce((total, graph) => total + of(graph), 0);
  const amounts = [
    ["graphs", DRAWING_LIMITS.graphs, graphs.length],
    ["nodes in a graph", DRAWING_LIMITS.nodes, graphs.reduce((most, graph) => Math.max(most, graph.nodeCount), 0)],
    ["nodes in all", DRAWING_LIMITS.allNodes, sum((graph) => graph.nodeCount)],
    ["edges in all", DRAWING_LIMITS.allEdges, sum((graph) => graph.edgeCount)],
  ] as const;
  for (const [what, most, amount] of amounts) {
    if (amount <= most) continue;
    throw new NextscaleError({
      code: "invalid-argument",
      where,
      expected: `at most ${most} ${what} to draw`,
      got: `${amount}`,
      fix: "draw fewer, or export the graph with writeGraphFile and open it in Gephi",
    });
  }
}

export const MARGIN = 20;
const TITLE_HEIGHT = 34;

/** Height of what is above the content of a page. */
export function headOf(title: string | undefined): number {
  return MARGIN + (title === undefined ? 0 : TITLE_HEIGHT);
}

/** Text of a picture. */
export function label(text: string, attributes: MarkupAttributes): string {
  return element("text", { "font-size": 12, fill: FAINT_INK, "text-anchor": "middle", ...attributes }, escaped(text));
}

/** A picture that can be opened alone: content on white, under its title, which is also what a screen reader says. */
export function page(
  size: { readonly width: number; readonly height: number },
  titles: { readonly title: string | undefined; readonly description: string },
  ...content: readonly string[]
): string {
  const [width, height] = [Math.ceil(size.width), Math.ceil(size.height)];
  const head = { x: MARGIN, y: MARGIN + 15, "font-size": 17, "font-weight": 600, fill: INK, "text-anchor": "start" };
  return (
    element(
      "svg",
      {
        xmlns: "http://www.w3.org/2000/svg",
        width,
        height,
        viewBox: `0 0 ${width} ${height}`,
        "font-family": "Helvetica, Arial, sans-serif",
        role: "img",
      },
      element("title", {}, escaped(titles.title || titles.description)),
      element("desc", {}, escaped(titles.description)),
      element("rect", { width, height, fill: PAPER }),
      ...(titles.title === undefined ? [] : [label(titles.title, head)]),
      ...content,
    ) + "\n"
  );
}

/** Room that a text in this size takes, a little more than Helvetica's mean. */
export function textWidth(text: string, size: number): number {
  return text.length * size * 0.56;
}

/** A count and its noun. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
