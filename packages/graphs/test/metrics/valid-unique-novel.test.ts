import { permutation, randomStream } from "@nextscale/refinement-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  graphOf,
  isConnected,
  isPlanar,
  permuted,
  shareOf,
  uniqueNovel,
  validUniqueNovel,
  type Graph,
} from "../../src/index.js";
import { complete, cycle, graphs, path, renumbered, sideBySide } from "../graph/small-graphs.js";
import { golden, readSet, testWithSets } from "./read-set.js";

const shuffled = (graph: Graph, item: number): Graph =>
  permuted(graph, permutation(randomStream(4, "test/vun"), graph.nodeCount, { item }));

describe("validUniqueNovel", () => {
  test("counts a hand-made set: copies, training graphs and invalid ones, each by itself and all at once", () => {
    const samples = [cycle(5), shuffled(cycle(5), 1), path(4), complete(5), cycle(6), sideBySide(cycle(3), cycle(3))];
    const report = validUniqueNovel({ samples, train: [shuffled(path(4), 2), complete(4)], isValid: isConnected });
    expect(report).toEqual({
      valid: shareOf(5, 6),
      unique: shareOf(5, 6),
      novel: shareOf(5, 6),
      uniqueNovel: shareOf(4, 6),
      // Neither the copy, nor the path, nor the two triangles.
      validUniqueNovel: shareOf(3, 6),
      undecided: 0,
    });
    const labelled = graphOf({ nodeCount: 2, edges: [[0, 1, 1]], nodeLabels: [0, 0] });
    expect(uniqueNovel({ samples: [labelled], train: [path(2)] }).novel.count).toBe(1);
  });

  test("does not depend on numbers of nodes or the order of samples", () => {
    fc.assert(
      fc.property(fc.array(renumbered(graphs(5)), { minLength: 1, maxLength: 12 }), fc.array(graphs(5), { minLength: 1, maxLength: 5 }), (pairs, train) => {
        const report = (samples: readonly Graph[]) => validUniqueNovel({ samples, train, isValid: isConnected });
        expect(report(pairs.map(([, graph]) => graph).reverse())).toEqual(report(pairs.map(([graph]) => graph)));
      }), // prettier-ignore
      { numRuns: 50 },
    );
  });

  test("says how often a search ran out", () => {
    // Both are regular of degree 4 on 32 nodes, and colours see no difference.
    const circulant = (step: number): Graph =>
      graphOf({ nodeCount: 32, edges: Array.from({ length: 32 }, (_, v) => [[v, (v + 1) % 32], [v, (v + step) % 32]] as const).flat() }); // prettier-ignore
    const sets = { samples: [circulant(5)], train: [circulant(3)] };
    expect(uniqueNovel({ ...sets, budget: 20 })).toMatchObject({ novel: { count: 0 }, undecided: 1 });
    expect(uniqueNovel(sets)).toMatchObject({ novel: { count: 1 }, undecided: 0 });
  });

  testWithSets(
    ["planar", "digress_planar_samples"],
    "DiGress's own planar samples: 34 valid, 40 novel, 40 unique",
    () => {
      const expected = golden().planar.digress_samples_counts;
      const samples = readSet("digress_planar_samples");
      const train = readSet("planar", "train");
      const isValid = (graph: Graph): boolean => isPlanar(graph) && isConnected(graph);
      const report = validUniqueNovel({ samples, train, isValid });
      expect(samples.filter(isPlanar)).toHaveLength(expected.planar);
      expect(samples.filter(isConnected)).toHaveLength(expected.connected);
      expect(report).toMatchObject({
        valid: { count: expected.planar_and_connected, of: expected.n, share: 0.85 },
        novel: { count: expected.novel },
        unique: { count: expected.unique },
        validUniqueNovel: { count: 34, lower: expect.closeTo(0.709, 3), upper: expect.closeTo(0.929, 3) },
        undecided: 0,
      });
      // Control: training graphs, shuffled and twice, are valid and nothing else.
      const copies = train.slice(0, 10).map(shuffled);
      expect(validUniqueNovel({ samples: [...copies, ...copies], train, isValid })).toMatchObject({
        valid: { count: 20 },
        unique: { count: 10 },
        novel: { count: 0 },
        validUniqueNovel: { count: 0 },
      });
    },
  );

  test("refuses nothing to count", () => {
    expect(() => uniqueNovel({ samples: [], train: [path(2)] })).toThrow("expected samples, got none");
    expect(() => validUniqueNovel({ samples: [path(2)], train: [], isValid: isConnected })).toThrow(
      "training graphs, got none",
    );
  });
});

test("Wilson's interval holds the share, stays in [0, 1], narrows with more items", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (of, part) => {
      const count = Math.round(part * of);
      const { share, lower, upper } = shareOf(count, of);
      expect(lower >= 0 && lower <= share! && share! <= upper && upper <= 1).toBe(true);
      const more = shareOf(4 * count, 4 * of);
      expect(more.upper - more.lower).toBeLessThan(upper - lower);
    }),
  );
  expect(shareOf(0, 0)).toEqual({ count: 0, of: 0, share: null, lower: 0, upper: 1 });
  expect(() => shareOf(3, 2)).toThrow("the first from 0 to the second");
  // From the formula of Wilson 1927, equation 8, in Python.
  expect(shareOf(34, 40).lower).toBeCloseTo(0.709276756335103, 12);
  expect(shareOf(34, 40).upper).toBeCloseTo(0.9293881228267964, 12);
  // Brown, Cai and DasGupta (2001): the ends solve (p̂ − p)² = z² p (1 − p) / n.
  const { share, lower } = shareOf(85, 100);
  expect((share! - lower) ** 2).toBeCloseTo((1.959963984540054 ** 2 * lower * (1 - lower)) / 100, 12);
});
