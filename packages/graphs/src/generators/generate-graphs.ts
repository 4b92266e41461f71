import { NextscaleError } from "@nextscale/engine";
import {
  requireArgument,
  requireOptions,
  wholeWithin,
  within,
  type IntegerSource,
  type OptionRequirements,
  type Requirement,
} from "@nextscale/refinement-core";
import type { Graph } from "../graph/graph.js";
import { isomorphismIndex } from "../graph/isomorphism-index.js";
import { drawBlockModel, type BlockModelRecipe } from "./block-model.js";
import { drawCommunity, type CommunityRecipe } from "./community.js";
import { drawsOf, GENERATOR_LIMITS, type SizeRange } from "./draws.js";
import { drawGrid, type GridRecipe } from "./grid.js";
import { drawLobster, type LobsterRecipe } from "./lobster.js";
import { drawPlanar, type PlanarRecipe } from "./planar.js";
import { drawTree, type TreeRecipe } from "./tree.js";

/** Which graphs to draw. */
export type GraphRecipe = GridRecipe | TreeRecipe | LobsterRecipe | PlanarRecipe | BlockModelRecipe | CommunityRecipe;

/** A kind of graphs that can be drawn. */
export type GraphKind = GraphRecipe["kind"];

/** What a kind needs: how to draw one, what is not said, and what may be said. */
interface Generator<Recipe extends GraphRecipe> {
  readonly defaults: Required<Recipe>;
  readonly requirements: OptionRequirements<Omit<Recipe, "kind">>;
  /** Nodes that a graph may have at most, and how many are allowed. */
  readonly size: (recipe: Required<Recipe>) => readonly [nodes: number, allowed: number];
  readonly draw: (draw: IntegerSource, recipe: Required<Recipe>) => Graph;
}

const PROBABILITY = within(0, 1);
const { nodes: MOST_NODES, nodesOfPairs: MOST_NODES_OF_PAIRS } = GENERATOR_LIMITS;

const GENERATORS: { readonly [Kind in GraphKind]: Generator<Extract<GraphRecipe, { kind: Kind }>> } = {
  grid: {
    defaults: { kind: "grid", rows: [10, 19], columns: [10, 19] },
    requirements: { rows: rangeFrom(1), columns: rangeFrom(1) },
    size: ({ rows, columns }) => [rows[1] * columns[1], MOST_NODES],
    draw: drawGrid,
  },
  tree: {
    defaults: { kind: "tree", nodes: [64, 64] },
    requirements: { nodes: rangeFrom(1) },
    size: ({ nodes }) => [nodes[1], MOST_NODES],
    draw: drawTree,
  },
  lobster: {
    defaults: { kind: "lobster", nodes: [10, 100], backbone: 80, leg: 0.7, foot: 0.7 },
    requirements: { nodes: rangeFrom(1), backbone: within(0.5, MOST_NODES), leg: PROBABILITY, foot: PROBABILITY },
    size: ({ nodes, backbone }) => [Math.max(nodes[1], backbone), MOST_NODES],
    draw: drawLobster,
  },
  planar: {
    defaults: { kind: "planar", nodes: [64, 64] },
    requirements: { nodes: rangeFrom(1) },
    size: ({ nodes }) => [nodes[1], MOST_NODES],
    draw: drawPlanar,
  },
  sbm: {
    defaults: { kind: "sbm", blocks: [2, 5], blockNodes: [20, 40], inside: 0.3, between: 0.005 },
    requirements: { blocks: rangeFrom(1), blockNodes: rangeFrom(1), inside: PROBABILITY, between: PROBABILITY },
    size: ({ blocks, blockNodes }) => [blocks[1] * blockNodes[1], MOST_NODES_OF_PAIRS],
    draw: drawBlockModel,
  },
  community: {
    defaults: { kind: "community", communityNodes: [6, 10], inside: 0.7, bridges: 0.05 },
    requirements: { communityNodes: rangeFrom(1), inside: PROBABILITY, bridges: PROBABILITY },
    size: ({ communityNodes }) => [2 * communityNodes[1], MOST_NODES_OF_PAIRS],
    draw: drawCommunity,
  },
};

/** The kinds of graphs that can be drawn. */
export const GRAPH_KINDS = Object.keys(GENERATORS) as readonly GraphKind[];

const WHERE = "graphs/generateGraph";

/**
 * Graph number `index` of a recipe. It depends on recipe, seed and index alone, so sets can be made in any order and on any number of
 * machines; its nodes are in a random order.
 *
 * @param seed integer from 0 to 2^53 - 1, or a bigint up to 2^64 - 1
 * @throws NextscaleError `invalid-argument` for a recipe or a number outside its range
 */
export function generateGraph(recipe: GraphRecipe, seed: number | bigint, index: number): Graph {
  return drawerOf(recipe)(seed, index);
}

/** Checks a recipe once. */
function drawerOf<Recipe extends GraphRecipe>(recipe: Recipe): (seed: number | bigint, index: number) => Graph {
  const kind = { expected: `one of ${GRAPH_KINDS.join(", ")}`, fits: (value: unknown) => isKind(value) };
  requireArgument(WHERE, "kind", (recipe as Partial<GraphRecipe> | undefined)?.kind, kind);
  const generator = GENERATORS[recipe.kind] as unknown as Generator<Recipe>;
  requireOptions<object>(WHERE, recipe, { kind, ...generator.requirements });
  const given = Object.entries(recipe).filter(([, value]) => value !== undefined);
  const whole = { ...generator.defaults, ...Object.fromEntries(given) } as Required<Recipe>;
  const [nodes, allowed] = generator.size(whole);
  if (nodes > allowed) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: WHERE,
      expected: `at most ${allowed} nodes in a graph of the kind ${recipe.kind}`,
      got: `${nodes}`,
    });
  }
  return (seed, index) => generator.draw(drawsOf(seed, recipe.kind, index), whole);
}

function isKind(value: unknown): value is GraphKind {
  return typeof value === "string" && Object.hasOwn(GENERATORS, value);
}

/** A range of sizes, in order. */
function rangeFrom(least: number): Requirement {
  const size = wholeWithin(least, MOST_NODES);
  return {
    expected: `[least, most], whole numbers from ${least} to ${MOST_NODES}`,
    fits: (value) => {
      if (!Array.isArray(value) || value.length !== 2) return false;
      const [from, to] = value as unknown as SizeRange;
      return size.fits(from) && size.fits(to) && from <= to;
    },
  };
}

/** What {@link generateGraphs} is asked for: a recipe, and how many. */
export type GenerateOptions = GraphRecipe & {
  /** How many different graphs. */
  readonly count: number;
  /** Integer from 0 to 2^53 - 1, or a bigint up to 2^64 - 1. */
  readonly seed: number | bigint;
};

/**
 * A set of graphs of which no two are isomorphic: graphs 0, 1, 2... of the recipe, without those that came before. The first ten of a
 * hundred are the ten of the same seed. Splits of it (`splitByClass`, or any other) share no graph.
 *
 * @throws NextscaleError `invalid-argument` for a wrong recipe, and where there are not so many different graphs
 */
export function generateGraphs({ count, seed, ...recipe }: GenerateOptions): Graph[] {
  const where = "graphs/generateGraphs";
  requireArgument(where, "count", count, wholeWithin(0, GENERATOR_LIMITS.graphs));
  const drawn = drawerOf(recipe);
  const known = isomorphismIndex();
  const graphs: Graph[] = [];
  // Of 100 equally likely graphs, such as the grids, all are seen after 500 or so. Small trees are far from equally likely.
  const budget = 20 * count + 1000;
  for (let index = 0; graphs.length < count; index++) {
    if (index === budget) {
      throw new NextscaleError({
        code: "invalid-argument",
        where,
        expected: `${count} different graphs of the kind ${recipe.kind}`,
        got: `${graphs.length} among the first ${budget}`,
        fix: "ask for fewer, or for larger ones",
      });
    }
    const graph = drawn(seed, index);
    if (known.add(graph).match === undefined) graphs.push(graph);
  }
  return graphs;
}
