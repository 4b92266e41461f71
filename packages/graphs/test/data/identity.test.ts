import fc from "fast-check";
import { expect, test } from "vitest";
import { classesOf, deduplicated, graphOf, permuted, splitByClass, type GraphIdentity } from "../../src/index.js";
import { allGraphs, bruteForce } from "./identity.fixture.js";

test("graphs are counted as they are known to be: 11 of 4 nodes, 34 of 5", () => {
  expect(deduplicated(allGraphs(4), bruteForce)).toHaveLength(11);
  expect(classesOf(allGraphs(5), bruteForce).count).toBe(34);
});

test("a coarse key changes nothing, and control: without isomorphism all 64 differ", () => {
  const graphs = allGraphs(4);
  expect(deduplicated(graphs, { ...bruteForce, key: () => 0 })).toEqual(deduplicated(graphs, bruteForce));
  const sameNumbers: GraphIdentity = { key: () => 0, equal: (a, b) => a.neighbours.join() === b.neighbours.join() && a.offsets.join() === b.offsets.join() }; // prettier-ignore
  expect(deduplicated(graphs, sameNumbers)).toHaveLength(64);
});

test("labels count", () => {
  const path = { nodeCount: 3, edges: [[0, 1, 1], [1, 2, 0]] as const }; // prettier-ignore
  const [plain, ends, turned] = [graphOf({ ...path, edges: [[0, 1], [1, 2]] }), graphOf(path), permuted(graphOf(path), [2, 1, 0])]; // prettier-ignore
  expect(classesOf([plain, ends, turned], bruteForce)).toEqual({ classes: Int32Array.of(0, 1, 1), count: 2 });
});

test("a split holds out classes: no graph of one part is in another, none is lost, and the seed decides", () => {
  const graphs = allGraphs(4);
  const { classes } = classesOf(graphs, bruteForce);
  const classOf = new Map(graphs.map((graph, i) => [graph, classes[i]!]));
  fc.assert(
    fc.property(
      fc.nat(),
      fc.double({ min: 0, max: 0.5, noNaN: true }),
      fc.double({ min: 0, max: 0.5, noNaN: true }),
      (seed, validation, share) => {
        const split = splitByClass(graphs, { seed, identity: bruteForce, validation, test: share });
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
  const options = { identity: bruteForce, seed: 1 };
  const distinct = deduplicated(graphs, bruteForce);
  const split = splitByClass(distinct, options);
  expect([split.train.length, split.validation.length, split.test.length]).toEqual([8, 1, 2]);
  expect(splitByClass(distinct, options)).toEqual(split);
  expect(splitByClass(distinct, { ...options, seed: 3 })).not.toEqual(split);
  // Control: a split by number, as the published one of community_small, has the same graphs in both parts.
  expect(
    deduplicated(graphs.slice(0, 50), bruteForce).length + deduplicated(graphs.slice(50), bruteForce).length,
  ).toBeGreaterThan(11);
});

test("what cannot be split is refused", () => {
  expect(() => splitByClass([], { seed: 1, identity: bruteForce, validation: 0.6, test: 0.6 })).toThrow(
    "at most 1 together",
  );
  expect(() => splitByClass([], { seed: 1, identity: bruteForce, test: -1 })).toThrow("a number from 0 to 1, got -1");
  expect(() => splitByClass([], { seed: 1, identity: {} as never })).toThrow("{ key, equal }");
  expect(splitByClass([], { seed: 1, identity: bruteForce })).toEqual({ train: [], validation: [], test: [] });
});
