import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { histogram, normalised } from "../../src/metrics/histogram.js";
import { laplacianSpectrum } from "../../src/metrics/spectrum.js";
import { erfc } from "../../src/metrics/erfc.js";
import { graphOf } from "../../src/index.js";
import { complete, cycle, graphs, path } from "../graph/small-graphs.js";

describe("laplacianSpectrum", () => {
  const valuesOf = (graph: Parameters<typeof laplacianSpectrum>[0]): number[] =>
    Array.from(laplacianSpectrum(graph).values);

  test("known spectra: cliques, rings, paths, nodes without neighbours", () => {
    expect(valuesOf(complete(5))).toEqual([0, 1.25, 1.25, 1.25, 1.25].map((value) => expect.closeTo(value, 12)));
    const ring = Array.from({ length: 7 }, (_, k) => 1 - Math.cos((2 * Math.PI * k) / 7)).sort((a, b) => a - b);
    expect(valuesOf(cycle(7))).toEqual(ring.map((value) => expect.closeTo(value, 12)));
    const row = Array.from({ length: 6 }, (_, k) => 1 - Math.cos((Math.PI * k) / 5));
    expect(valuesOf(path(6))).toEqual(row.map((value) => expect.closeTo(value, 12)));
    expect(valuesOf(graphOf({ nodeCount: 3, edges: [] }))).toEqual([0, 0, 0]);
  });

  test("lies in [0, 2] exactly and sums to the number of nodes with neighbours", () => {
    fc.assert(
      fc.property(graphs(10), (graph) => {
        const values = valuesOf(graph);
        expect(values.every((value) => value >= 0 && value <= 2)).toBe(true);
        const joined = graph.offsets.filter((offset, v) => v > 0 && offset > graph.offsets[v - 1]!).length;
        expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(joined, 10);
      }),
    );
  });

  test("refuses what would take minutes", () => {
    expect(() => laplacianSpectrum(path(2001))).toThrow("at most 2000 nodes");
  });
});

describe("histogram", () => {
  test("a value at an edge belongs to the bin above, at the last edge to the last bin, outside to none", () => {
    const tenths = { count: 10, low: 0, high: 1 };
    expect(Array.from(histogram([0, 0.1, 0.3, 0.7, 0.95, 1, 1.01, -0.01, NaN], tenths))).toEqual(
      // As numpy has it: its edge 3 · 0.1 is 0.30000000000000004 and its edge 7 · 0.1 is 0.7000000000000001, each above the number.
      [1, 1, 1, 0, 0, 0, 1, 0, 0, 2], // prettier-ignore
    );
  });

  test("counts each value of the range once, between the edges of its bin", () => {
    const bins = fc.record({ count: fc.integer({ min: 1, max: 300 }), low: fc.double({ min: -3, max: 0, noNaN: true }), high: fc.double({ min: 1, max: 3, noNaN: true }) }); // prettier-ignore
    fc.assert(
      fc.property(bins, fc.double({ min: 0, max: 1, noNaN: true }), (given, share) => {
        const value = Math.min(given.high, given.low + share * (given.high - given.low));
        const counts = histogram([value], given);
        const bin = counts.indexOf(1);
        const step = (given.high - given.low) / given.count;
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
        expect(value).toBeGreaterThanOrEqual(bin * step + given.low);
        if (bin < given.count - 1) expect(value).toBeLessThan((bin + 1) * step + given.low);
      }),
    );
  });

  test("shares sum to almost one, and to nothing without counts", () => {
    expect(normalised(Float64Array.of(1, 3)).reduce((sum, share) => sum + share)).toBeCloseTo(1, 6);
    expect(Array.from(normalised(new Float64Array(2)))).toEqual([0, 0]);
  });
});

test("erfc of numbers whose values are known", () => {
  const expected: readonly (readonly [number, number])[] = [
    [0, 1],
    [0.5, 0.4795001221869535],
    [1, 0.15729920705028513],
    [2, 0.004677734981047266],
    [3, 2.209049699858544e-5],
    [3.5, 7.430983723414128e-7],
    [5, 1.5374597944280349e-12],
  ];
  for (const [x, value] of expected) {
    expect(Math.abs(erfc(x) - value)).toBeLessThan(1e-12);
    if (x > 3) expect(erfc(x) / value).toBeCloseTo(1, 10);
  }
});
