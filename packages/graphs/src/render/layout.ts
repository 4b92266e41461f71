import { randomStream, uniforms } from "@nextscale/refinement-core";
import type { UndirectedGraph } from "graphology";
import forceAtlas2Module from "graphology-layout-forceatlas2";
import { toGraphology } from "../graph/graphology.js";
import type { Graph } from "../graph/graph.js";
import { pivotLayout } from "./pivot-layout.js";

/** Where the nodes of a graph are drawn, row-major [nodes, 2]. */
export type Positions = Float64Array;

/** The module is CommonJS: what Node imports as its default is what its types call `default` of it. */
const forceAtlas2 = forceAtlas2Module as unknown as typeof forceAtlas2Module.default;

/** Where every layout starts from. */
const START = randomStream(0, "graphs/render/layout");

/** Strong gravity of this strength fills a frame evenly: trees spread, communities stay apart. Found by looking. */
const SETTINGS = { scalingRatio: 1, strongGravityMode: true, gravity: 0.3 } as const;

/** Pairs of nodes that are looked at for one graph: some 50 ms. */
const PAIRS = 6e6;

/** How far apart neighbours are in the balance of these forces, about. */
const HOP = 8;

/**
 * Places nodes by ForceAtlas2 (Jacomy and others 2014): neighbours attract, all repel. It starts from distances in hops
 * ({@link pivotLayout}), or grids would stay twisted, moved a little so that no two nodes are at one place. Steps are counted and
 * nothing is drawn but from a fixed stream, so a graph looks the same every time; with other numbers on its nodes it looks otherwise.
 */
export function layoutOf(graph: Graph): Positions {
  const count = graph.nodeCount;
  if (count <= 1) return new Float64Array(2 * count);
  const jitter = uniforms(START, { draws: 2 * count });
  const start = pivotLayout(graph, jitter).map((hops, i) => HOP * (hops + jitter[i]! - 0.5));
  const target = toGraphology(graph) as UndirectedGraph<{ x?: number; y?: number }>;
  target.updateEachNodeAttributes((node) => ({ x: start[2 * Number(node)]!, y: start[2 * Number(node) + 1]! }));
  const iterations = Math.round(Math.min(400, Math.max(50, (2 * PAIRS) / count ** 2)));
  const settings = { ...SETTINGS, slowDown: 1 + Math.log(count) };
  forceAtlas2.assign(target, { iterations, settings, getEdgeWeight: null });
  const positions = new Float64Array(2 * count);
  target.forEachNode((node, { x, y }) => positions.set([x!, y!], 2 * Number(node)));
  return positions;
}

/** Positions moved and scaled, alike in both directions, so that they lie between -1 and 1 and touch both ends of one direction. */
export function fitted(positions: Positions, mostZoom = Infinity): Positions {
  const [x, y] = [extentOf(positions, 0), extentOf(positions, 1)];
  const zoom = Math.min(mostZoom, 2 / Math.max(x.width, y.width, Number.MIN_VALUE));
  const centres = [x.centre, y.centre];
  return positions.map((value, i) => (Number.isFinite(zoom) ? (value - centres[i % 2]!) * zoom : 0));
}

function extentOf(positions: Positions, axis: 0 | 1): { readonly centre: number; readonly width: number } {
  let [least, most] = [Infinity, -Infinity];
  for (let i = axis; i < positions.length; i += 2) {
    least = Math.min(least, positions[i]!);
    most = Math.max(most, positions[i]!);
  }
  return positions.length === 0 ? { centre: 0, width: 0 } : { centre: (least + most) / 2, width: most - least };
}

/** Pairs of discs that are looked at in {@link separated}. */
const MOST_DISCS = 200;

/**
 * Pushes discs apart that cover one another, by a fixed number of sweeps. More than a few hundred are left as they are: they are
 * small.
 */
export function separated(positions: Positions, radii: ArrayLike<number>): Positions {
  const count = radii.length;
  const moved = positions.slice();
  if (count > MOST_DISCS) return moved;
  for (let sweep = 0; sweep < 40; sweep++) {
    for (let a = 0; a < count; a++) {
      for (let b = a + 1; b < count; b++) {
        const [dx, dy] = [moved[2 * b]! - moved[2 * a]!, moved[2 * b + 1]! - moved[2 * a + 1]!];
        const distance = Math.hypot(dx, dy);
        const overlap = 1.25 * (radii[a]! + radii[b]!) - distance;
        if (overlap <= 0) continue;
        // Two at one place leave it in a direction of their own.
        const [ux, uy] = distance > 1e-9 ? [dx / distance, dy / distance] : [Math.cos(a + b), Math.sin(a + b)];
        moved[2 * a]! -= (ux * overlap) / 2;
        moved[2 * a + 1]! -= (uy * overlap) / 2;
        moved[2 * b]! += (ux * overlap) / 2;
        moved[2 * b + 1]! += (uy * overlap) / 2;
      }
    }
  }
  return moved;
}
