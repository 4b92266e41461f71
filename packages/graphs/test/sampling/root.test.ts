import { randomStream } from "@nextscale/refinement-core";
import { describe, expect, test } from "vitest";
import { massOf } from "../../src/pyramid/formula.js";
import type { Composition } from "../../src/pyramid/composition.js";
import { rootLaw, type RootRequest } from "../../src/sampling/root.js";
import { graph } from "../support/graphs.js";
import { tinyRefiner } from "../support/refiner.js";

const { config } = tinyRefiner({
  nodeLabels: 2,
  sizes: [0, 2, 4, 6],
  labelShares: [0.75, 0.25],
  formulas: [
    { counts: [3, 0], graphs: 4, property: { mean: 1, deviation: 0.5 } },
    { counts: [1, 1], graphs: 3, property: { mean: -1, deviation: 0.5 } },
  ],
});

const of = (...counts: number[]): Composition => ({ formula: Int32Array.from(counts) });

const all = [1, 2, 3].flatMap((size) => Array.from({ length: size + 1 }, (_, ones) => of(size - ones, ones)));

const requests: [string, RootRequest][] = [
  ["nothing is asked", {}],
  ["a size", { size: 3 }],
  ["a property", { property: 0.9 }],
  ["a property, strictly", { property: 0.9, guidance: 4 }],
  ["something to be in it", { atLeast: of(0, 1) }],
];

describe.each(requests)("what graphs are made of when %s", (_, request) => {
  const law = rootLaw(config, request);

  test("is something, as often as the law says", () => {
    const probabilities = all.map((composition) => Math.exp(law.logProbability(composition)));
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    const draws = 4000;
    const found = new Map<string, number>();
    for (let item = 0; item < draws; item++) {
      const name = law.draw(randomStream(1, "test"), item).formula.join();
      found.set(name, (found.get(name) ?? 0) + 1);
    }
    all.forEach(({ formula }, i) => {
      const p = probabilities[i]!;
      expect(Math.abs((found.get(formula.join()) ?? 0) / draws - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / draws)); // prettier-ignore
    });
  });
});

test("formulas of several graphs are as frequent as they were, and others share what is left by how common labels are", () => {
  const { logProbability } = rootLaw(config);
  expect(Math.exp(logProbability(of(1, 1)))).toBeCloseTo(3 / 12 + (1 / 12) * (2 * 0.75 * 0.25), 12);
  expect(Math.exp(logProbability(of(0, 1)))).toBeCloseTo((2 / 12) * 0.25, 12);
});

test("a property that is asked for makes formulas likelier whose graphs have it, with guidance more so", () => {
  const at = (request: RootRequest) => Math.exp(rootLaw(config, request).logProbability(of(3, 0)));
  expect(at({ property: 0 })).toBeCloseTo(at({}), 12);
  expect(at({ property: 0.5 })).toBeGreaterThan(at({}));
  expect(at({ property: 0.5, guidance: 3 })).toBeGreaterThan(at({ property: 0.5 }));
  expect(at({ property: -1 })).toBeLessThan(at({}));
});

test("a size that no graph had is made of labels as they come", () => {
  const law = rootLaw(config, { size: 5 });
  expect(massOf(law.draw(randomStream(1, "test"), 0).formula)).toBe(5);
  expect(Math.exp(law.logProbability(of(5, 0)))).toBeCloseTo(0.75 ** 5, 12);
});

describe("with numbers of edges", () => {
  const counted = tinyRefiner({
    nodeLabels: 2,
    edgeLabels: 2,
    edgeCounts: true,
    sizes: [0, 0, 4, 6],
    labelShares: [0.75, 0.25],
    formulas: [
      { counts: [3, 0], edges: [2, 0], graphs: 4 },
      { counts: [3, 0], edges: [1, 1], graphs: 2 },
      { counts: [1, 1], edges: [1, 0], graphs: 3 },
    ],
  }).config;
  const law = rootLaw(counted);

  test("what is drawn are formulas and edges that went together, as often as they did, or a formula and no edges", () => {
    const found = new Map<string, number>();
    const draws = 4000;
    for (let item = 0; item < draws; item++) {
      const { formula, edges } = law.draw(randomStream(1, "test"), item);
      const name = `${formula.join()} ${edges?.join() ?? "open"}`;
      found.set(name, (found.get(name) ?? 0) + 1 / draws);
    }
    expect(found.get("3,0 2,0")).toBeCloseTo(4 / 10, 1);
    expect(found.get("3,0 1,1")).toBeCloseTo(2 / 10, 1);
    expect(found.get("1,1 1,0")).toBeCloseTo(3 / 10, 1);
    // One graph of two nodes was made of something else.
    expect(
      [...found.keys()].filter((name) => !/^(3,0 2,0|3,0 1,1|1,1 1,0|2,0 open|1,1 open|0,2 open)$/.test(name)),
    ).toEqual([]);
    const sum = [of(2, 0), of(1, 1), of(0, 2)].reduce((total, open) => total + Math.exp(law.logProbability(open)), 0);
    expect(sum).toBeCloseTo(1 / 10, 12);
    expect(Math.exp(law.logProbability({ ...of(3, 0), edges: Int32Array.of(1, 1) }))).toBeCloseTo(2 / 10, 12);
  });

  test("a graph is taken for one of its formula and edges where several were, and for one of its formula otherwise", () => {
    const chain = graph(3, [[0, 1], [1, 2, 1]], [0, 0, 0]); // prettier-ignore
    expect(law.of(chain)).toEqual({ formula: Int32Array.of(3, 0), edges: Int32Array.of(1, 1) });
    expect(law.of(graph(3, [[0, 1, 1], [1, 2, 1]], [0, 0, 0]))).toEqual({ formula: Int32Array.of(3, 0) }); // prettier-ignore
  });

  test("what is to be in a graph counts edges too", () => {
    const request = { atLeast: { ...of(2, 0), edges: Int32Array.of(0, 1) } };
    const { edges } = rootLaw(counted, request).draw(randomStream(1, "test"), 0);
    expect(edges).toEqual(Int32Array.of(1, 1));
  });
});
