import { NextscaleError } from "@nextscale/engine";
import { requireArgument, requireOptions, wholeWithin } from "@nextscale/refinement-core";
import { element, startTag } from "../formats/markup.js";
import { edgesOf, type Graph } from "../graph/graph.js";
import { EDGE, FAINT_INK, PAPER, rampColour } from "./colours.js";
import { fitted, layoutOf, separated, type Positions } from "./layout.js";
import { marker } from "./markers.js";
import { counted, headOf, label, MARGIN, page, requireDrawable, textWidth } from "./page.js";

/** A scale of a graph: a coarse graph each of whose nodes stands for some nodes of the finest. */
export interface ScaleLevel {
  readonly graph: Graph;
  /** How many nodes of the finest graph each node stands for, [nodes]. */
  readonly mass: Int32Array;
  /** The node of the coarser level that each node is part of, [nodes]; empty for the coarsest. */
  readonly parents: Int32Array;
}

/** Options of {@link scaleStripSvg}. */
export interface ScaleStripOptions {
  /** Above all. Default: none. */
  readonly title?: string;
  /** Pixels of a level in both directions. Default: 170. */
  readonly panel?: number;
}

const WHERE = "graphs/scaleStripSvg";
const GAP = 26;
const CAPTION = 24;

/** What area and bands mean. */
const KEY = "area: how much of the finished graph a node stands for; band: nodes of one parent";

/** Share of a panel's half width that the radius of a node with all the mass has. */
const FULL_RADIUS = 0.3;

/** How much larger a coarse level may be drawn than its nodes' means are apart. */
const MOST_ZOOM = 1.4;

/**
 * A picture of a graph from its coarsest scale to its finest, as an SVG file that opens alone. The finest graph is laid out by force;
 * a coarser node is at the mean of what it stands for, so children are where their parent was. The area of a node is its mass. Nodes
 * of one parent have neighbouring colours and lie on one pale band. The same levels make the same file.
 *
 * @param levels coarsest first
 * @throws NextscaleError `invalid-argument` for options outside their ranges, masses and parents that do not fit, or more than can be
 *   drawn
 */
export function scaleStripSvg(levels: readonly ScaleLevel[], options: ScaleStripOptions = {}): string {
  requireOptions(WHERE, options, {
    title: { expected: "a text", fits: (value) => typeof value === "string" },
    panel: wholeWithin(40, 2000),
  });
  requireArgument(WHERE, "levels", levels, { expected: "a list", fits: Array.isArray });
  requireLevels(levels);
  requireDrawable(
    WHERE,
    levels.map(({ graph }) => graph),
  );
  const { title, panel = 170 } = options;
  const top = headOf(title);
  const places = placesOf(levels);
  const shares = colourShares(levels, places);
  const panels = levels.map((level, k) => {
    const x = MARGIN + k * (panel + GAP);
    const arrow = k === 0 ? "" : chevron(-GAP / 2, panel / 2);
    return element(
      "g",
      { transform: `translate(${x},${top})` },
      arrow,
      levelMarkup(level, places[k]!, shares[k]!, panel),
      label(counted(level.graph.nodeCount, "node"), { x: panel / 2, y: panel + 18 }),
    );
  });
  const inner = Math.max(levels.length * (panel + GAP) - GAP, textWidth(title ?? "", 17), panel);
  const finest = levels.at(-1);
  const description =
    finest === undefined
      ? "No scales"
      : `${counted(levels.length, "scale")} of a graph of ${counted(finest.graph.nodeCount, "node")}, coarsest first`;
  const empty = levels.length === 0 ? [label("no scales", { x: MARGIN + panel / 2, y: top + panel / 2 })] : [];
  const bottom = top + panel + CAPTION;
  const key = label(KEY, { x: MARGIN, y: bottom + 16, "text-anchor": "start" });
  const width = Math.max(inner, textWidth(KEY, 12)) + 2 * MARGIN;
  return page({ width, height: bottom + 20 + MARGIN / 2 }, { title, description }, ...panels, ...empty, key);
}

/** @throws NextscaleError `invalid-argument` unless every node has a mass, and a parent in the level before whose mass is theirs */
function requireLevels(levels: readonly ScaleLevel[]): void {
  const refuse = (k: number, expected: string, got: string): never => {
    throw new NextscaleError({
      code: "invalid-argument",
      where: WHERE,
      expected: `level ${k} to have ${expected}`,
      got,
    });
  };
  levels.forEach(({ graph, mass, parents }, k) => {
    const { nodeCount } = graph;
    if (mass.length !== nodeCount) refuse(k, `${nodeCount} masses`, `${mass.length}`);
    if (mass.some((of) => of < 1)) refuse(k, "masses from 1", `${mass.find((of) => of < 1)}`);
    if (k === 0) return;
    if (parents.length !== nodeCount) refuse(k, `${nodeCount} parents`, `${parents.length}`);
    const coarse = levels[k - 1]!;
    const sums = new Int32Array(coarse.graph.nodeCount);
    parents.forEach((parent, v) => {
      if (!(parent >= 0 && parent < sums.length)) refuse(k, `parents from 0 to ${sums.length - 1}`, `${parent}`);
      sums[parent]! += mass[v]!;
    });
    const wrong = sums.findIndex((sum, v) => sum !== coarse.mass[v]);
    if (wrong !== -1) refuse(k, `the mass ${coarse.mass[wrong]} in the children of ${wrong}`, `${sums[wrong]}`);
  });
}

/** Where nodes are, between -1 and 1: the finest by force, each coarser one at the mean of its children. */
function placesOf(levels: readonly ScaleLevel[]): Positions[] {
  const finest = levels.at(-1);
  if (finest === undefined) return [];
  const means: Positions[] = [fitted(layoutOf(finest.graph))];
  for (let k = levels.length - 1; k > 0; k--) {
    const { mass, parents } = levels[k]!;
    const coarse = new Float64Array(2 * levels[k - 1]!.graph.nodeCount);
    parents.forEach((parent, v) => {
      const share = mass[v]! / levels[k - 1]!.mass[parent]!;
      coarse[2 * parent]! += share * means[0]![2 * v]!;
      coarse[2 * parent + 1]! += share * means[0]![2 * v + 1]!;
    });
    means.unshift(coarse);
  }
  return means.map((places, k) =>
    k === means.length - 1 ? places : fitted(separated(fitted(places, MOST_ZOOM), radiiOf(levels[k]!)), 1),
  );
}

/** Radii of discs whose areas are the masses, in units of half a panel. */
function radiiOf({ mass }: ScaleLevel): Float64Array {
  const total = mass.reduce((sum, of) => sum + of, 0);
  return Float64Array.from(mass, (of) => FULL_RADIUS * Math.sqrt(of / total));
}

/**
 * Where each node is on the ramp of colours: the coarsest nodes divide it by their masses, and each node's children divide what it
 * has, from left to right. So siblings are alike, and colours part as the graph does.
 */
function colourShares(levels: readonly ScaleLevel[], places: readonly Positions[]): Float64Array[] {
  const total = levels[0]?.mass.reduce((sum, of) => sum + of, 0) ?? 0;
  const starts: Float64Array[] = [];
  levels.forEach(({ graph, mass, parents }, k) => {
    const next = k === 0 ? Float64Array.of(0) : starts[k - 1]!.slice();
    const start = new Float64Array(graph.nodeCount);
    const order = Array.from(start.keys()).sort((a, b) => places[k]![2 * a]! - places[k]![2 * b]! || a - b);
    for (const v of order) {
      const parent = k === 0 ? 0 : parents[v]!;
      start[v] = next[parent]!;
      next[parent]! += mass[v]!;
    }
    starts.push(start);
  });
  return starts.map((start, k) => start.map((from, v) => (from + levels[k]!.mass[v]! / 2) / total));
}

/** A panel: bands between siblings, then edges, then nodes. */
function levelMarkup(level: ScaleLevel, places: Positions, shares: Float64Array, panel: number): string {
  const { graph, parents } = level;
  const radii = radiiOf(level).map((radius) => Math.max(1.4, radius * (panel / 2)));
  const largest = radii.reduce((most, radius) => Math.max(most, radius), 0);
  const reach = panel / 2 - Math.min(largest, panel / 6) - 3;
  const at = (v: number) => ({ x: panel / 2 + places[2 * v]! * reach, y: panel / 2 + places[2 * v + 1]! * reach });
  const line = (a: number, b: number, attributes: Record<string, string | number> = {}) => {
    const [from, to] = [at(a), at(b)];
    return element("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, ...attributes });
  };
  const last = new Map<number, number>();
  const bands: string[] = [];
  parents.forEach((parent, v) => {
    const sibling = last.get(parent);
    last.set(parent, v);
    if (sibling === undefined) return;
    const width = 2 * Math.max(radii[v]!, radii[sibling]!) + 5;
    bands.push(line(sibling, v, { "stroke-width": width, stroke: rampColour((shares[v]! + shares[sibling]!) / 2) }));
  });
  const nodes = Array.from(radii, (radius, v) =>
    marker({ ...at(v), radius, shape: 0, attributes: { fill: rampColour(shares[v]!) } }),
  );
  return [
    startTag("g", { "stroke-linecap": "round", opacity: 0.28 }),
    ...bands,
    "</g>",
    startTag("g", { stroke: EDGE, "stroke-width": graph.nodeCount > 40 ? 0.8 : 1.2 }),
    ...edgesOf(graph).map(([a, b]) => line(a, b)),
    "</g>",
    startTag("g", { stroke: PAPER, "stroke-width": graph.nodeCount > 40 ? 0.6 : 1.2 }),
    ...nodes,
    "</g>",
  ].join("");
}

function chevron(x: number, y: number): string {
  const attributes = { fill: "none", stroke: FAINT_INK, "stroke-width": 1.5, "stroke-linecap": "round" };
  return element("path", { d: `M${x - 3},${y - 6}L${x + 3},${y}L${x - 3},${y + 6}`, ...attributes });
}
