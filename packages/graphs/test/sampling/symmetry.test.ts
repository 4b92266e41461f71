import { randomStream } from "@nextscale/refinement-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sitesOf, type Site } from "../../src/codes/sites.js";
import { componentsOf, degreeOf, graphOf, gridGraph, neighboursOf, type Graph } from "../../src/index.js";
import { expand, FORM, type Candidates } from "../../src/pyramid/candidates.js";
import { contraction } from "../../src/pyramid/contraction.js";
import { rootLevel, type Level } from "../../src/pyramid/level.js";
import { allowedPatterns, formAt, patternsOf } from "../../src/pyramid/patterns.js";
import { allBut } from "../../src/sampling/reveal.js";
import { exactPhases, inSubsteps, type Substeps } from "../../src/sampling/reveal-order.js";
import { colours } from "../../src/sampling/colours.js";
import { blockNeeds, labelNeeds, withNear } from "../../src/sampling/needs.js";
import { anyGraph } from "../support/graphs.js";
import { tinyRefiner } from "../support/refiner.js";
import { taskOf } from "../support/tasks.js";

const patterns = patternsOf(1);
const allowed = allowedPatterns(patterns);

/** Three nodes that each stand for two, joined all: what six nodes in a ring become when neighbours are merged. */
const triangle: Level = {
  ...rootLevel(Int32Array.of(6)),
  graph: graphOf({ nodeCount: 3, edges: [[0, 1], [1, 2], [2, 0]] }), // prettier-ignore
  mass: Int32Array.of(2, 2, 2),
  formulas: Int32Array.of(2, 2, 2),
  splits: Int32Array.of(1, 1, 1),
};

function isRing(graph: Graph): boolean {
  return (
    graph.edgeCount === graph.nodeCount &&
    componentsOf(graph).count === 1 &&
    [0, 1, 2, 3, 4, 5].every((v) => degreeOf(graph, v) === 2)
  );
}

/** Codes of all rings that the candidates can become when siblings are joined, as those that were merged as neighbours are. */
function ringsOf(candidates: Candidates): number[][] {
  const rings: number[][] = [];
  const count = candidates.groups.count;
  const all = (codes: number[]): void => {
    if (codes.length < count) {
      const form = formAt(candidates.groups.forms[codes.length]!, true);
      const joined = candidates.groups.forms[codes.length] === FORM.siblings;
      for (let pattern = joined ? 1 : 0; pattern < patterns.count; pattern++) {
        if (allowed[form * patterns.count + pattern] === 1) all([...codes, pattern]);
      }
      return;
    }
    const { graph } = contraction(patterns).add(candidates, { patterns: Int32Array.from(codes), splits: new Int32Array(6) }, 0); // prettier-ignore
    if (isRing(graph)) rings.push(codes);
  };
  all([]);
  return rings;
}

/**
 * The probability that a refiner which knows the truth, that all rings are as likely, draws a ring: in each part it draws the codes
 * by what is likely given those before, each for itself.
 */
function chanceOfRing(rings: readonly number[][], parts: readonly (readonly Site[])[]): number {
  let states = [{ codes: new Map<number, number>(), probability: 1 }];
  for (const part of parts) {
    states = states.flatMap(({ codes, probability }) => {
      const left = rings.filter((ring) => [...codes].every(([at, code]) => ring[at] === code));
      if (left.length === 0) return [];
      return part.reduce(
        (found, { at }) =>
          found.flatMap((state) =>
            [...new Set(left.map((ring) => ring[at]!))].map((code) => ({
              codes: new Map([...state.codes, [at, code]]),
              probability: (state.probability * left.filter((ring) => ring[at] === code).length) / left.length,
            })),
          ),
        [{ codes, probability }],
      );
    });
  }
  const isFound = ({ codes }: (typeof states)[number]) =>
    rings.some((ring) => ring.every((code, at) => codes.get(at) === code));
  return states.filter(isFound).reduce((sum, { probability }) => sum + probability, 0);
}

describe("a hexagon from a triangle", () => {
  const candidates = expand(triangle);
  const rings = ringsOf(candidates);
  const sites = sitesOf(candidates, { apart: false });
  const partsOf = (substeps: Substeps, item: number, edgeLabels = 1) =>
    inSubsteps(
      exactPhases(sites, candidates, { stream: randomStream(1, "test"), item, scale: 0 }, { edgeLabels }),
      substeps,
    );

  test("all codes at once: one in eight, and no law of independent codes gives more than one in four", () => {
    expect(chanceOfRing(rings, partsOf(1, 0))).toBeCloseTo(1 / 8, 12);
    // By symmetry the three blocks share one law over single edges: q for the two on the diagonal each, and the rest.
    const best = Math.max(
      ...Array.from({ length: 101 }, (_, i) => {
        const q = i / 200;
        const p = (1 - 2 * q) / 2;
        return 2 * q ** 3 + 6 * q * p * p;
      }),
    );
    expect(best).toBeLessThanOrEqual(1 / 4 + 1e-12);
  });

  test("block after block, as colours ask: always, and more substeps are never worse", () => {
    for (let item = 0; item < 10; item++) {
      const chances = ([1, 2, 3, "exact"] as const).map((substeps) => chanceOfRing(rings, partsOf(substeps, item)));
      expect(chances.at(-1)).toBeCloseTo(1, 12);
      chances.forEach((chance, i) => expect(chance).toBeGreaterThanOrEqual((chances[i - 1] ?? 0) - 1e-12));
    }
  });
});

describe.each([
  ["waves", 1],
  ["colours", 2],
])("%s", (_, edgeLabels) => {
  test("let chance say which block comes first", () => {
    const candidates = expand(triangle);
    const sites = sitesOf(candidates, { apart: false });
    const first = new Map<number, number>();
    for (let item = 0; item < 300; item++) {
      const random = { stream: randomStream(1, "test"), item, scale: 0 };
      const phases = exactPhases(sites, candidates, random, { edgeLabels });
      const { at } = phases.flat().find((site) => sites.blocks.includes(site.at) && site.of === "patterns")!;
      first.set(at, (first.get(at) ?? 0) + 1);
    }
    // Each of three a hundred times; three standard deviations are 24.
    expect([...first.values()].map((times) => Math.abs(times - 100) < 25)).toEqual([true, true, true]);
  });

  test("keep blocks apart that need the same nodes, and every site is chosen once", () => {
    const candidates = expand(triangle);
    const sites = sitesOf(candidates, { apart: false });
    const phases = exactPhases(
      sites,
      candidates,
      { stream: randomStream(1, "test"), item: 0, scale: 0 },
      { edgeLabels },
    );
    // Siblings, then three blocks of which each two share a node.
    expect(phases.map((phase) => phase.length)).toEqual([3, 1, 1, 1]);
    for (const substeps of [1, 2, 3, 4, 9, "exact"] as const) {
      const parts = inSubsteps(phases, substeps);
      expect(parts.length).toBe(substeps === "exact" ? 4 : Math.min(4, substeps));
      expect(parts.flat()).toEqual(phases.flat());
    }
  });

  test("keep them apart on any level", () => {
    fc.assert(
      fc.property(anyGraph({ most: 12, nodeLabels: 1, edgeLabels: 1 }), fc.nat({ max: 1e6 }), (graph, item) => {
        const { candidates } = taskOf(graph, tinyRefiner(), item);
        const sites = sitesOf(candidates, { apart: false });
        const phases = exactPhases(
          sites,
          candidates,
          { stream: randomStream(1, "test"), item, scale: 0 },
          { edgeLabels },
        );
        const { at: needed } = blockNeeds(candidates);
        for (const phase of phases) {
          const nodes = phase
            .filter(({ of, at }) => of === "patterns" && sites.blocks.includes(at))
            .flatMap(({ at }) => needed(at));
          expect(new Set(nodes).size).toBe(nodes.length);
        }
        const chosen = phases.flat().map(({ of, at }) => `${of} ${at}`);
        expect(new Set(chosen).size).toBe(sites.siblings.length + sites.blocks.length + sites.splits.length);
        expect(chosen.length).toBe(new Set(chosen).size);
      }),
      { numRuns: 60 },
    );
  });
});

describe("graphs with labels of edges", () => {
  const phasesOf = (candidates: Candidates, item: number) =>
    exactPhases(
      sitesOf(candidates, { apart: false }),
      candidates,
      { stream: randomStream(1, "test"), item, scale: 0 },
      { edgeLabels: 3 },
    );
  const labelsOf = (graph: Graph, item: number) => {
    const ones = new Int32Array(graph.nodeCount).fill(1);
    const level = { graph, mass: ones, formulas: ones, splits: new Int32Array(graph.nodeCount) };
    const candidates = expand({ ...rootLevel(Int32Array.of(graph.nodeCount)), ...level });
    const edges = phasesOf(candidates, item).map((phase) =>
      phase.map(({ at }) => [candidates.groups.between[2 * at]!, candidates.groups.between[2 * at + 1]!] as const),
    );
    return { candidates, edges };
  };

  test("label the edges of a ring one by one, and those of a long chain some at a time", () => {
    for (const nodeCount of [3, 4, 5, 6]) {
      const edges = Array.from({ length: nodeCount }, (_, v) => [v, (v + 1) % nodeCount] as const);
      expect(labelsOf(graphOf({ nodeCount, edges }), 0).edges.map(({ length }) => length)).toEqual(edges.map(() => 1));
    }
    const chain = Array.from({ length: 40 }, (_, v) => [v, v + 1] as const);
    expect(labelsOf(graphOf({ nodeCount: 41, edges: chain }), 0).edges.length).toBeLessThan(10);
  });

  test("never label edges at once that are two steps from each other, or nearer", () => {
    fc.assert(
      fc.property(anyGraph({ most: 12, nodeLabels: 1, edgeLabels: 1 }), fc.nat({ max: 1e6 }), (graph, item) => {
        const near = (node: number) => new Set([node, ...neighboursOf(graph, node)]);
        const { candidates, edges } = labelsOf(graph, item);
        expect(candidates.labelled).toBe(true);
        expect(edges.flat().length).toBe(graph.edgeCount);
        for (const phase of edges) {
          const around = phase.flatMap(([u, v]) => [...new Set([...near(u), ...near(v)])]);
          expect(new Set(around).size).toBe(around.length);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("have the phases that they had if all that an edge needs were listed and kept, hubs too", () => {
    fc.assert(
      fc.property(anyGraph({ most: 14, nodeLabels: 1, edgeLabels: 1 }), fc.nat({ max: 1e6 }), (graph, item) => {
        const { candidates } = labelsOf(graph, item);
        const needs = labelNeeds(candidates);
        const listed = { at: (group: number) => [...withNear(needs.at(group), needs)] };
        const random = { stream: randomStream(1, "test"), item, scale: 0, site: 1 };
        const { blocks } = sitesOf(candidates, { apart: false });
        expect(colours(blocks, needs, random)).toEqual(colours(blocks, listed, random));
      }),
      { numRuns: 60 },
    );
    const star = Array.from({ length: 200 }, (_, v) => [0, v + 1] as const);
    expect(labelsOf(graphOf({ nodeCount: 201, edges: star }), 0).edges.map(({ length }) => length)).toEqual(star.map(() => 1)); // prettier-ignore
  });

  test("never split nodes at once that may be joined", () => {
    fc.assert(
      fc.property(anyGraph({ most: 12, nodeLabels: 1, edgeLabels: 1 }), fc.nat({ max: 1e6 }), (graph, item) => {
        const { candidates } = taskOf(graph, tinyRefiner(), item);
        const { pairs, count } = candidates.groups;
        const groups = Array.from({ length: count }, (_, group) => new Set(pairs.subarray(8 * group, 8 * group + 8)));
        for (const phase of phasesOf(candidates, item)) {
          const nodes = phase.filter(({ of }) => of === "splits").map(({ at }) => at);
          for (const group of groups) expect(nodes.filter((node) => group.has(node)).length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 60 },
    );
  });
});

test("waves go out from one block; colours begin everywhere", () => {
  const graph = gridGraph({ rows: 4, columns: 4 });
  const [mass, splits] = [new Int32Array(16).fill(2), new Int32Array(16).fill(1)];
  const candidates = expand({ ...rootLevel(Int32Array.of(32)), graph, mass, formulas: mass, splits });
  const sites = sitesOf(candidates, { apart: false });
  const { between } = candidates.groups;
  const blocksOf = (edgeLabels: number, item: number) =>
    exactPhases(sites, candidates, { stream: randomStream(1, "test"), item, scale: 0 }, { edgeLabels })
      .map((phase) => phase.filter(({ of, at }) => of === "patterns" && sites.blocks.includes(at)))
      .filter(({ length }) => length > 0);
  for (let item = 0; item < 20; item++) {
    const waves = blocksOf(1, item);
    expect(waves[0]!.length).toBe(1);
    const seen = new Set<number>();
    waves.forEach((wave, i) => {
      const ends = wave.map(({ at }) => [between[2 * at]!, between[2 * at + 1]!]);
      expect(ends.every((nodes) => i === 0 || nodes.some((node) => seen.has(node)))).toBe(true);
      for (const node of ends.flat()) seen.add(node);
    });
    expect(blocksOf(2, item)[0]!.length).toBeGreaterThan(2);
  }
});

test("twins are alike: what a permutation of a graph swaps has the same logits", () => {
  const { config, run } = tinyRefiner({ hierarchy: "one-scale" });
  // K_{2,3}: two nodes that see three, and nothing is hidden but one pair of the two and those of the three.
  const candidates = expand({ ...rootLevel(Int32Array.of(5)), splits: Int32Array.of(5) });
  const sites = sitesOf(candidates, { apart: true });
  const known = allBut(sites, candidates);
  const codes = { patterns: new Int32Array(10), splits: new Int32Array(5) };
  const side = (node: number) => Number(node > 1);
  for (let group = 0; group < 10; group++) {
    const [u, v] = candidates.groups.pairs.subarray(8 * group, 8 * group + 2) as unknown as [number, number];
    codes.patterns[group] = Number(side(u) !== side(v));
    known.patterns[group] = Number(side(u) !== side(v));
  }
  const [logits] = run([{ candidates, codes, known }], {
    items: 1,
    nodes: 5,
    groups: 10,
  });
  const ofGroup = (a: number, b: number) => {
    const group = [...Array(10).keys()].find(
      (g) => candidates.groups.pairs[8 * g] === a && candidates.groups.pairs[8 * g + 1] === b,
    )!;
    return Array.from(logits!.patterns.subarray(group * 16, group * 16 + 2));
  };
  expect(config.hierarchy).toBe("one-scale");
  ofGroup(2, 3).forEach((value, i) => expect(value).toBeCloseTo(ofGroup(2, 4)[i]!, 10));
  ofGroup(2, 3).forEach((value, i) => expect(value).toBeCloseTo(ofGroup(3, 4)[i]!, 10));
  // Control: the pair of the other side is another matter.
  expect(Math.abs(ofGroup(0, 1)[1]! - ofGroup(2, 3)[1]!)).toBeGreaterThan(1e-3);
});
