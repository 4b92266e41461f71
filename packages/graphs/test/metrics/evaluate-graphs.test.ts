import { randomStream } from "@nextscale/refinement-core";
import { describe, expect, test } from "vitest";
import {
  evaluateGraphs,
  fitGraphEvaluation,
  graphOf,
  isConnected,
  isPlanar,
  isTree,
  type Graph,
  type VunReport,
} from "../../src/index.js";
import { complete, cycle, draws, path, randomGraph } from "../graph/small-graphs.js";
import { expectGolden } from "./golden.js";
import { golden, readSet, testWithSets } from "./read-set.js";

const stream = randomStream(0, "test/evaluate");

describe("evaluateGraphs", () => {
  testWithSets(["planar", "digress_planar_samples"], "planar: DiGress's samples, with floors of real graphs", () => {
    const expected = golden().planar;
    const isValid = (graph: Graph): boolean => isPlanar(graph) && isConnected(graph);
    const report = evaluateGraphs({
      samples: readSet("digress_planar_samples"),
      train: readSet("planar", "train"),
      test: readSet("planar", "test"),
      kernels: "spectre",
      isValid,
      stream,
    });
    expectGolden(report.distances, expected.digress_samples_vs_test);
    expectGolden(report.floors.train, expected.train_vs_test);
    expect(report.ratio.excluded).toEqual([]);
    expect(report.ratio.mean).toBeCloseTo(expected.digress_ratio_mean5, 6);
    expect((report.vun as VunReport).validUniqueNovel.count).toBe(34);
    expect((report.floors.test as VunReport).validUniqueNovel.count).toBe(40);
    const { subsets } = report.floors;
    expect([subsets.draws, subsets.graphs]).toEqual([20, 40]);
    // Other draws than those of the expected values: both means are known to 1/√20 of their spread.
    const floor = expected.noise_floor_40_random_train_graphs_vs_test_mean_sd_over_20_draws;
    for (const [short, statistic] of [
      ["deg", "degree"],
      ["clu", "clustering"],
      ["orb", "orbit"],
      ["spe", "spectral"],
    ] as const) {
      const [mean, deviation] = floor[short];
      expect(Math.abs(subsets.distances[statistic]!.mean - mean)).toBeLessThan(3 * deviation * Math.sqrt(2 / 20));
    }
    expect(subsets.ratio!.mean).toBeGreaterThan(1.2);
    expect(subsets.ratio!.mean).toBeLessThan(1.9);
    // The samples are worse than any real graphs of their number.
    expect(report.ratio.mean).toBeGreaterThan(subsets.ratio!.mean + 3 * subsets.ratio!.standardDeviation);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  testWithSets(
    ["community_small"],
    "a split that is not clean shows: half of the test graphs are training graphs",
    () => {
      const test = readSet("community_small", "test");
      const report = evaluateGraphs({
        samples: test,
        train: readSet("community_small", "train"),
        test,
        kernels: "graphrnn",
        stream,
      });
      expect(report.floors.test.novel.count).toBe(10);
      expect("valid" in report.vun).toBe(false);
      expect(report.distances.wavelet).toBeUndefined();
      for (const value of Object.values(report.distances)) expect(Math.abs(value)).toBeLessThan(1e-12);
    },
  );

  testWithSets(
    ["tree"],
    "trees: the ratio names what it leaves out, and graphs that are no trees score far above the floor",
    () => {
      const [train, test] = [readSet("tree", "train").slice(0, 40), readSet("tree", "test").slice(0, 20)];
      const draw = draws("evaluate");
      const samples = test.map(({ nodeCount }) => randomGraph(nodeCount, 3, draw));
      const report = evaluateGraphs({ samples, train, test, kernels: "spectre", isValid: isTree, stream });
      expect(report.ratio.excluded).toContain("clustering");
      expect(report.ratio.mean).toBeGreaterThan(3 * report.floors.subsets.ratio!.mean);
      expect((report.vun as VunReport).valid.count).toBe(0);
      expect((report.floors.test as VunReport).valid.share).toBe(1);
    },
  );

  test("one sample, and samples without nodes, are counted and scored", () => {
    const empty = graphOf({ nodeCount: 0, edges: [] });
    const sets = {
      train: [path(4), path(5), cycle(5)],
      test: [path(6), cycle(4)],
      kernels: "spectre",
      stream,
    } as const;
    const report = evaluateGraphs({ ...sets, samples: [empty, complete(4)] });
    expect(report.sizes).toEqual({
      samples: { graphs: 2, empty: 1 },
      train: { graphs: 3, empty: 0 },
      test: { graphs: 2, empty: 0 },
    });
    expect(report.floors.subsets.graphs).toBe(1);
    expect(report.vun.unique.count).toBe(2);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    // More samples than training graphs: the floor has all of these.
    const many = evaluateGraphs({ ...sets, samples: Array.from({ length: 9 }, (_, i) => cycle(i + 3)) });
    expect(many.floors.subsets.graphs).toBe(3);
    expect(many.floors.subsets.distances.degree!.standardDeviation).toBeLessThan(1e-12);
    expect(many.floors.subsets.distances.degree!.mean).toBeCloseTo(many.floors.train.degree, 12);
  });

  test("is the same for the same stream, and its floor is not for another", () => {
    const draw = draws("streams");
    const make = (count: number): Graph[] => Array.from({ length: count }, () => randomGraph(8, 40, draw));
    const sets = { samples: make(5), train: make(12), test: make(6), kernels: "graphrnn" } as const;
    expect(evaluateGraphs({ ...sets, stream })).toEqual(evaluateGraphs({ ...sets, stream }));
    const other = evaluateGraphs({ ...sets, stream: randomStream(1, "test/evaluate") });
    expect(other.floors.subsets).not.toEqual(evaluateGraphs({ ...sets, stream }).floors.subsets);
  });

  test("fitted once it measures many, as each alone, and asks of real graphs once whether they are valid", () => {
    const sets = { train: [path(4), path(5), cycle(5)], test: [path(6), path(7)], kernels: "spectre", stream } as const;
    let asked = 0;
    const isValid = (graph: Graph): boolean => {
      asked += 1;
      return isTree(graph);
    };
    const { score } = fitGraphEvaluation({ ...sets, isValid });
    expect(asked).toBe(2);
    for (const samples of [[path(8), cycle(4)], [complete(4)], [cycle(3), cycle(4)]]) {
      expect(score(samples)).toEqual(evaluateGraphs({ ...sets, isValid: isTree, samples }));
    }
    expect(asked).toBe(7);
  });

  test("errors name the set", () => {
    const sets = { samples: [path(3)], train: [path(4)], test: [path(5)], kernels: "spectre", stream } as const;
    expect(() => evaluateGraphs({ ...sets, samples: [] })).toThrow("samples with nodes, got none");
    expect(() => evaluateGraphs({ ...sets, train: [graphOf({ nodeCount: 0, edges: [] })] })).toThrow("training graphs with nodes, got 1 without a node"); // prettier-ignore
    expect(() => evaluateGraphs({ ...sets, test: [] })).toThrow("test graphs with nodes, got none");
    expect(() => evaluateGraphs({ ...sets, budget: -1 })).toThrow("whole number of steps");
  });
});
