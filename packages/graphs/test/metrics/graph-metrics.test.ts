import { permutation, randomStream } from "@nextscale/refinement-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  distanceRatio,
  fitGraphMetrics,
  graphOf,
  permuted,
  type Graph,
  type GraphStatistic,
  type KernelSet,
} from "../../src/index.js";
import { orbitDescriptor } from "../../src/metrics/descriptors.js";
import { complete, cycle, draws, graphs, path, randomGraph, renumbered } from "../graph/small-graphs.js";
import { expectGolden } from "./golden.js";
import { golden, readSet, testWithSets } from "./read-set.js";

const SETS: readonly KernelSet[] = ["spectre", "graphrnn"];
describe("published and golden values", () => {
  testWithSets(["planar"], "planar: all five statistics of the validation graphs, and orbits", () => {
    // evaluate-graphs.test.ts has the training graphs and DiGress's samples.
    const expected = golden().planar;
    const test = readSet("planar", "test");
    expectGolden(fitGraphMetrics(test, "spectre").compare(readSet("planar", "val")), expected.val_vs_test);
    expect(Array.from(orbitDescriptor(test[0]!))).toEqual(expected.first_test_graph_mean_orbits);
  });

  testWithSets(["sbm"], "SBM: all five statistics", () => {
    const metrics = fitGraphMetrics(readSet("sbm", "test"), "spectre");
    expectGolden(metrics.compare(readSet("sbm", "train")), golden().sbm.train_vs_test);
  });

  testWithSets(["tree"], "trees: all but the spectral distance, which the source's rounding decides", () => {
    const expected = golden().tree.train_vs_test;
    const metrics = fitGraphMetrics(readSet("tree", "test"), "spectre");
    const train = metrics.compare(readSet("tree", "train"));
    // The largest eigenvalue of a tree is 2. numpy's last bin ends there, and where LAPACK rounds up the eigenvalue is dropped: a
    // noise of 1/64 of the mass of some graphs. Here it always counts.
    expectGolden(train, expected, ["spe"]);
    expect(train.spectral / expected.spe).toBeGreaterThan(0.97);
    expect(train.spectral / expected.spe).toBeLessThan(1);
    const ratio = distanceRatio(train, train);
    expect([ratio.mean, ratio.excluded]).toEqual([1, ["clustering", "orbit"]]);
  });

  testWithSets(["community_small"], "GDSS kernels tell the communities from other graphs of their size", () => {
    const draw = draws("communities");
    const test = readSet("community_small", "test");
    const metrics = fitGraphMetrics(test, "graphrnn");
    const train = metrics.compare(readSet("community_small", "train"));
    const density = 100 * (test.reduce((sum, { nodeCount: n, edgeCount: m }) => sum + (2 * m) / (n * (n - 1)), 0) / test.length); // prettier-ignore
    const random = metrics.compare(test.map(({ nodeCount }) => randomGraph(nodeCount, Math.round(density), draw)));
    expect(Object.keys(train)).toEqual(["degree", "clustering", "orbit", "spectral"]);
    for (const statistic of ["clustering", "orbit", "spectral"] as const) {
      expect(random[statistic]).toBeGreaterThan(2 * train[statistic]);
    }
  });
});

describe("fitGraphMetrics", () => {
  const sets = fc.array(
    graphs(7).filter(({ nodeCount }) => nodeCount > 0),
    { minLength: 1, maxLength: 4 },
  );

  test.each(SETS)("%s: numbers of nodes and the order of graphs change nothing", (kernels) => {
    fc.assert(
      fc.property(
        sets,
        fc.array(renumbered(graphs(8).filter(({ nodeCount }) => nodeCount > 0)), { minLength: 1, maxLength: 4 }),
        (reference, pairs) => {
          const metrics = fitGraphMetrics(reference, kernels);
          const one = metrics.compare(pairs.map(([graph]) => graph));
          const other = metrics.compare(pairs.map(([, graph]) => graph).reverse());
          const turned = fitGraphMetrics(pairs.map(([, graph]) => graph), kernels).compare(reference); // prettier-ignore
          for (const statistic of Object.keys(one) as GraphStatistic[]) {
            expect(other[statistic]).toBeCloseTo(one[statistic]!, 10);
            expect(turned[statistic]).toBeCloseTo(one[statistic]!, 10);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test.each(SETS)("%s: a set is at no distance from itself, and cliques are far from rings", (kernels) => {
    fc.assert(
      fc.property(sets, (graphsOfSet) => {
        const distances = fitGraphMetrics(graphsOfSet, kernels).compare(graphsOfSet);
        for (const value of Object.values(distances)) expect(Math.abs(value)).toBeLessThan(1e-12);
      }),
      { numRuns: 30 },
    );
    const distances = fitGraphMetrics([complete(8)], kernels).compare([cycle(8)]);
    expect(distances.degree).toBeGreaterThan(0.3);
    expect(distances.clustering).toBeGreaterThan(1.9);
    expect(distances.spectral).toBeGreaterThan(0.3);
  });

  test("kernels by hand: one graph against one, 2 − 2k", () => {
    const [a, b] = [path(3), cycle(3)];
    const shares = 1 / (1 + 1e-6 / 3);
    const spectre = fitGraphMetrics([a], "spectre").compare([b]);
    const graphrnn = fitGraphMetrics([a], "graphrnn").compare([b]);
    // Degrees 1, 2, 1 and 2, 2, 2: two thirds of the mass move one bin.
    const moved = (2 / 3) * shares;
    expect(spectre.degree).toBeCloseTo(2 - 2 * Math.exp(-(moved ** 2) / 2), 12);
    expect(graphrnn.degree).toBeCloseTo(2 - 2 * Math.exp(-(moved ** 2) / 2), 12);
    // Coefficients 0 and 1: all of the mass, to another bin or 99 bins on.
    expect(spectre.clustering).toBeCloseTo(2 - 2 * Math.exp(-(shares ** 2) / 0.02), 12);
    expect(graphrnn.clustering).toBeCloseTo(2 - 2 * Math.exp(-((0.99 * shares) ** 2) / 0.02), 12);
    // Mean orbits 0, 1, 2 and 3: 4/3, 2/3, 1/3, 0 and 2, 0, 0, 1.
    const l1 = (2 / 3 + 2 / 3 + 1 / 3 + 1) / 2;
    const l2 = 4 / 9 + 4 / 9 + 1 / 9 + 1;
    expect(spectre.orbit).toBeCloseTo(2 - 2 * Math.exp(-(l1 ** 2) / 1800), 12);
    expect(graphrnn.orbit).toBeCloseTo(2 - 2 * Math.exp(-l2 / 1800), 12);
  });

  test("graphs without nodes are left out, graphs without edges are not", () => {
    const bare = (nodeCount: number): Graph => graphOf({ nodeCount, edges: [] });
    const metrics = fitGraphMetrics([path(4), bare(0)], "spectre");
    expect(metrics.compare([bare(0), path(4)]).degree).toBeCloseTo(0, 12);
    const distances = metrics.compare([bare(1), bare(5)]);
    expect(Object.values(distances).every(Number.isFinite)).toBe(true);
    expect(distances.degree).toBeGreaterThan(0.1);
  });

  test("errors say what is missing", () => {
    const metrics = fitGraphMetrics([path(4)], "spectre");
    expect(() => metrics.compare([])).toThrow("expected graphs with nodes, got no graph");
    expect(() => fitGraphMetrics([graphOf({ nodeCount: 0, edges: [] })], "spectre")).toThrow("1 without a node");
    expect(() => fitGraphMetrics([path(4)], "gaussian" as KernelSet)).toThrow(`"spectre" or "graphrnn", got gaussian`);
    expect(() => metrics.compare([path(2001)])).toThrow("at most 2000 nodes");
  });
});

describe("distanceRatio", () => {
  const train = { degree: 1e-4, clustering: 0, orbit: 5e-7, spectral: 0.01 };

  test("is the mean over statistics that say something, and names the others", () => {
    const samples = { degree: 3e-4, clustering: 0.5, orbit: 0.1, spectral: 0.01 };
    expect(distanceRatio(samples, train)).toEqual({
      mean: expect.closeTo(2, 12),
      ratios: { degree: expect.closeTo(3, 12), spectral: 1 },
      excluded: ["clustering", "orbit"],
    });
    const nothing = { degree: 0, clustering: 0, orbit: 0, spectral: 0 };
    expect(distanceRatio(samples, nothing).mean).toBeNull();
  });

  test("refuses distances by different kernels", () => {
    expect(() => distanceRatio({ ...train, wavelet: 1 }, train)).toThrow("the same kernels");
  });
});

testWithSets(["planar"], "a shuffled copy of a real set is at no distance from it", () => {
  const test = readSet("planar", "test").slice(0, 8);
  const shuffled = test.map((graph, item) =>
    permuted(graph, permutation(randomStream(3, "test/shuffled"), graph.nodeCount, { item })),
  );
  const distances = fitGraphMetrics(test, "spectre").compare(shuffled);
  for (const value of Object.values(distances)) expect(Math.abs(value)).toBeLessThan(1e-12);
});
