import fc from "fast-check";
import { expect, test } from "vitest";
import { graphOf, isomorphismClasses, permuted, splitByClass } from "../../src/index.js";
import { allGraphs, classesByTrying, fingerprint } from "./identity.fixture.js";

test("graphs are counted as they are known to be: 11 of 4 nodes, 34 of 5", () => {
  expect(isomorphismClasses(allGraphs(4)).first).toHaveLength(11);
  const five = isomorphismClasses(allGraphs(5));
  expect(five.first).toHaveLength(34);
  expect(Array.from(five.classOf)).toEqual(classesByTrying(allGraphs(5)));
  // Control: without isomorphism all differ.
  expect(new Set(allGraphs(4).map((graph) => fingerprint([graph]))).size).toBe(64);
});

test("labels count", () => {
  const path = { nodeCount: 3, edges: [[0, 1, 1], [1, 2, 0]] as const }; // prettier-ignore
  const [plain, ends, turned] = [graphOf({ ...path, edges: [[0, 1], [1, 2]] }), graphOf(path), permuted(graphOf(path), [2, 1, 0])]; // prettier-ignore
  expect(isomorphismClasses([plain, ends, turned]).classOf).toEqual(Int32Array.of(0, 1, 1));
  expect(classesByTrying([plain, ends, turned])).toEqual([0, 1, 1]);
});

test("a split holds out classes: no graph of one part is in another, none is lost, and the seed decides", () => {
  const graphs = allGraphs(4);
  const classes = classesByTrying(graphs);
  const classOf = new Map(graphs.map((graph, i) => [graph, classes[i]!]));
  fc.assert(
    fc.property(
      fc.nat(),
      fc.double({ min: 0, max: 0.5, noNaN: true }),
      fc.double({ min: 0, max: 0.5, noNaN: true }),
      (seed, validation, share) => {
        const split = splitByClass(graphs, { seed, validation, test: share });
        const parts = [split.train, split.validation, split.test];
        expect(parts.flat()).toHaveLength(graphs.length);
        expect(new Set(parts.flat()).size).toBe(graphs.length);
        const found = parts.map((part) => new Set(part.map((graph) => classOf.get(graph))));
        expect(found.reduce((sum, { size }) => sum + size, 0)).toBe(11);
        expect(split.test.length).toBeLessThanOrEqual(Math.round(share * graphs.length));
        expect(split.validation.length).toBeLessThanOrEqual(Math.round(validation * graphs.length));
      },
    ),
    { numRuns: 30 },
  );
  const distinct = graphs.filter((_, i) => classes.indexOf(classes[i]!) === i);
  const split = splitByClass(distinct, { seed: 1 });
  expect([split.train.length, split.validation.length, split.test.length]).toEqual([8, 1, 2]);
  expect(splitByClass(distinct, { seed: 1 })).toEqual(split);
  expect(splitByClass(distinct, { seed: 3 })).not.toEqual(split);
  // Control: a split by number, as the published one of community_small, has the same graphs in both parts.
  expect(new Set(classes.slice(0, 50)).size + new Set(classes.slice(50)).size).toBeGreaterThan(11);
});

test("what cannot be split is refused", () => {
  expect(() => splitByClass([], { seed: 1, validation: 0.6, test: 0.6 })).toThrow("at most 1 together");
  expect(() => splitByClass([], { seed: 1, test: -1 })).toThrow("a number from 0 to 1, got -1");
  expect(splitByClass([], { seed: 1 })).toEqual({ train: [], validation: [], test: [] });
});
