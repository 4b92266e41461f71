import fc from "fast-check";
import { expect, test } from "vitest";
import { gaussianPyramid, laplacianPyramid, reconstruct } from "../../src/pyramid/pyramid.js";
import type { Quantiser } from "../../src/quantiser/quantiser.js";
import { uniforms } from "../../src/random/distributions.js";
import { integerSource, permutation } from "../../src/random/integers.js";
import { randomStream } from "../../src/random/stream.js";
import { encode } from "../../src/walk/encode.js";
import { given } from "../../src/walk/given.js";
import { laplacianScales, refinementScale } from "../../src/walk/laplacian-scales.js";
import { sampled } from "../../src/walk/sampled.js";
import type { Step } from "../../src/walk/scale.js";
import { walk, walkAsync } from "../../src/walk/walk.js";
import { inHierarchicalOrder, pairContraction, pairKey } from "./pair-contraction.js";
import type { ClusterGraph, SplitResidual } from "./pair-contraction.js";

const stream = randomStream(11, "graph");

/** A connected random graph: a random tree and some more edges; every node has a feature and a priority. */
function randomGraph(item: number, size: number): ClusterGraph {
  const draw = integerSource(stream, { item });
  const weights = new Map<string, number>();
  for (let node = 1; node < size; node++) weights.set(pairKey(draw(node), node), 1);
  for (let extra = 0; extra < size / 2; extra++) {
    const [a, b] = [draw(size), draw(size)];
    if (a !== b) weights.set(pairKey(a, b), 1);
  }
  const numbers = [...uniforms(stream, { items: [item], scale: 1, draws: 2 * size })];
  const mass = new Array<number>(size).fill(1);
  return { mass, feature: numbers.slice(size), priority: numbers.slice(0, size), weights };
}

function relabelled(graph: ClusterGraph, order: ArrayLike<number>): ClusterGraph {
  const at = <T>(list: readonly T[]) => Array.from(order, (node) => list[node]!);
  const place = new Map(Array.from(order, (node, i) => [node, i]));
  const weights = [...graph.weights].map(([key, weight]): [string, number] => {
    const [a, b] = key.split("-").map((node) => place.get(Number(node))!);
    return [pairKey(a!, b!), weight];
  });
  return { mass: at(graph.mass), feature: at(graph.feature), priority: at(graph.priority), weights: new Map(weights) };
}

const isSingleNode = ({ mass }: ClusterGraph) => mass.length === 1;
const isComplete = ({ mass }: ClusterGraph) => mass.every((m) => m === 1);
const size = fc.integer({ min: 1, max: 24 });
const sortedEdges = ({ weights }: ClusterGraph) => [...weights].sort(([a], [b]) => (a < b ? -1 : 1));

/** Structure equal, features up to rounding. Priorities are not part of what codes say. */
function expectSameGraph(actual: ClusterGraph, expected: ClusterGraph, tolerance = 1e-9) {
  expect(actual.mass).toEqual(expected.mass);
  expect(sortedEdges(actual)).toEqual(sortedEdges(expected));
  actual.feature.forEach((value, i) => {
    expect(Math.abs(value - expected.feature[i]!)).toBeLessThan(tolerance);
  });
}

/** Structure is exact, features are rounded to multiples of 1/32. */
const FEATURE_STEP = 1 / 32;
const splitQuantiser: Quantiser<SplitResidual, SplitResidual> = {
  quantise: (scale, residual) => {
    const codes = { ...residual, feature: residual.feature.map((value) => Math.round(value / FEATURE_STEP)) };
    return { codes, value: splitQuantiser.embed(scale, codes) };
  },
  embed: (_, codes) => ({ ...codes, feature: codes.feature.map((code) => code * FEATURE_STEP) }),
};

test("the pyramid of a graph reconstructs it", () => {
  fc.assert(
    fc.property(fc.nat(1000), size, (item, nodes) => {
      const graph = inHierarchicalOrder(randomGraph(item, nodes));
      const levels = gaussianPyramid(pairContraction, graph, isSingleNode);
      expect(levels.length - 1).toBeGreaterThanOrEqual(Math.ceil(Math.log2(nodes)));
      for (const level of levels) expect(level.mass.reduce((a, b) => a + b)).toBe(nodes);
      expectSameGraph(reconstruct(pairContraction, laplacianPyramid(pairContraction, graph, isSingleNode)), graph);
    }),
  );
});

test("contraction does not depend on the numbering of the nodes", () => {
  fc.assert(
    fc.property(fc.nat(1000), size, (item, nodes) => {
      const graph = randomGraph(item, nodes);
      const other = relabelled(graph, permutation(stream, nodes, { item, scale: 2 }));
      expectSameGraph(inHierarchicalOrder(other), inHierarchicalOrder(graph), 1e-12);
    }),
  );
});

test("a graph is encoded and decoded by the walk, topology from codes, the last scale bounding the feature's error", () => {
  fc.assert(
    fc.property(fc.nat(1000), size, (item, nodes) => {
      const graph = inHierarchicalOrder(randomGraph(item, nodes));
      const levels = gaussianPyramid(pairContraction, graph, isSingleNode);
      const depth = levels.length - 1;
      // The coarsest graph is known: one node of the graph's mass. Its feature starts at 0 and is refined on the way.
      const start = { ...levels[depth]!, feature: [0] };
      const scales = laplacianScales(pairContraction, depth).slice(1);
      const encoded = [...walk(scales, start, encode(splitQuantiser, levels))];
      const decoded = [...walk(scales, start, given(splitQuantiser, encoded.map(({ codes }) => codes)))]; // prettier-ignore
      decoded.forEach((visit, k) => {
        expect(visit.state).toEqual(encoded[k]!.state);
        expectSameGraph(visit.state, levels[depth - 1 - k]!, FEATURE_STEP / 2 + 1e-9);
      });
    }),
  );
});

test("a relabelled graph has the same codes", () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.integer({ min: 2, max: 24 }), (item, nodes) => {
      const codesOf = (graph: ClusterGraph) => {
        const levels = gaussianPyramid(pairContraction, inHierarchicalOrder(graph), isSingleNode);
        const scales = laplacianScales(pairContraction, levels.length - 1).slice(1);
        const visits = [...walk(scales, levels[levels.length - 1]!, encode(splitQuantiser, levels))];
        return visits.map(({ codes }) => ({ ...codes, blocks: [...codes.blocks].sort() }));
      };
      const graph = randomGraph(item, nodes);
      expect(codesOf(relabelled(graph, permutation(stream, nodes, { item, scale: 2 })))).toEqual(codesOf(graph));
    }),
  );
});

type GraphStep = Step<readonly ClusterGraph[], ClusterGraph, ClusterGraph, SplitResidual>;

/** A toy refiner: how likely each node is to be cut in halves, and each candidate edge to be kept. */
const predict =
  () =>
  ({ context }: GraphStep) => ({
    context,
    split: context.mass.map((mass) => (mass > 1 ? 0.8 : 0)),
    keep: 0.4,
  });

function drawSplit(index: number, { context, split, keep }: ReturnType<ReturnType<typeof predict>>): SplitResidual {
  const draw = integerSource(stream, { item: 5, scale: index });
  const below = (probability: number) => draw(2 ** 20) < probability * 2 ** 20;
  const parts = context.mass.map((mass, i) => {
    return mass > 1 && below(split[i]!) ? [Math.ceil(mass / 2), Math.floor(mass / 2)] : [mass];
  });
  const blocks = [...context.weights.keys()].map((key): [string, number[]] => {
    const [a, b] = key.split("-").map((node) => parts[Number(node)]!.length);
    const candidates = [0, 1, 2, 3].filter((i) => i >> 1 < a! && (i & 1) < b!);
    // A kept edge at least: what is connected stays connected.
    const certain = candidates[draw(candidates.length)];
    return [key, [0, 1, 2, 3].map((i) => Number(candidates.includes(i) && (i === certain || below(keep))))];
  });
  return {
    parts,
    inside: parts.map(({ length }) => length - 1),
    blocks: new Map(blocks),
    feature: parts.flat().map(() => draw(9) - 4),
  };
}

/** Endless: how many scales a sample takes is up to its codes. */
function* refinements() {
  for (;;) yield refinementScale(pairContraction, 0);
}

const root = (mass: number): ClusterGraph => ({ mass: [mass], feature: [0], weights: new Map(), priority: [0] });

test("a graph of a given size is sampled with a toy refiner, scale by scale until every node is single", () => {
  for (const nodes of [1, 2, 7, 20]) {
    let graph = root(nodes);
    for (const visit of walk(refinements(), graph, sampled(splitQuantiser, predict, drawSplit))) {
      graph = visit.state;
      expect(graph.mass.reduce((a, b) => a + b)).toBe(nodes);
      if (isComplete(graph)) break;
    }
    expect(graph.mass).toEqual(new Array(nodes).fill(1));
    const reached = new Set([0]);
    for (const node of reached) {
      for (let other = 0; other < nodes; other++) if (graph.weights.has(pairKey(node, other))) reached.add(other);
    }
    expect(reached.size).toBe(nodes);
  }
});

test("sampling that waits for its refiner between scales gives the same graph", async () => {
  const slow = () => {
    const answer = predict();
    return async (step: GraphStep) => answer(step);
  };
  const states: ClusterGraph[] = [];
  for await (const { state } of walkAsync(refinements(), root(12), sampled(splitQuantiser, slow, drawSplit))) {
    states.push(state);
    if (isComplete(state)) break;
  }
  const expected: ClusterGraph[] = [];
  for (const { state } of walk(refinements(), root(12), sampled(splitQuantiser, predict, drawSplit))) {
    expected.push(state);
    if (isComplete(state)) break;
  }
  expect(states).toEqual(expected);
});
