import { randomStream } from "@nextscale/refinement-core";
import { describe, expect, test } from "vitest";
import { rootLaw, type RootRequest } from "../../src/sampling/root.js";
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

const all = [1, 2, 3].flatMap((size) =>
  Array.from({ length: size + 1 }, (_, ones) => Int32Array.of(size - ones, ones)),
);

const requests: [string, RootRequest][] = [
  ["nothing is asked", {}],
  ["a size", { size: 3 }],
  ["a property", { property: 0.9 }],
  ["a property, strictly", { property: 0.9, guidance: 4 }],
  ["something to be in it", { atLeast: Int32Array.of(0, 1) }],
];

describe.each(requests)("what graphs are made of when %s", (_, request) => {
  const law = rootLaw(config, request);

  test("is something, as often as the law says", () => {
    const probabilities = all.map((formula) => Math.exp(law.logProbability(formula)));
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    const draws = 4000;
    const found = new Map<string, number>();
    for (let item = 0; item < draws; item++) {
      const name = law.draw(randomStream(1, "test"), item).join();
      found.set(name, (found.get(name) ?? 0) + 1);
    }
    all.forEach((formula, i) => {
      const p = probabilities[i]!;
      expect(Math.abs((found.get(formula.join()) ?? 0) / draws - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / draws)); // prettier-ignore
    });
  });
});

test("formulas of several graphs are as frequent as they were, and others share what is left by how common labels are", () => {
  const { logProbability } = rootLaw(config);
  expect(Math.exp(logProbability(Int32Array.of(1, 1)))).toBeCloseTo(3 / 12 + (1 / 12) * (2 * 0.75 * 0.25), 12);
  expect(Math.exp(logProbability(Int32Array.of(0, 1)))).toBeCloseTo((2 / 12) * 0.25, 12);
});

test("a property that is asked for makes formulas likelier whose graphs have it, with guidance more so", () => {
  const at = (request: RootRequest) => Math.exp(rootLaw(config, request).logProbability(Int32Array.of(3, 0)));
  expect(at({ property: 0 })).toBeCloseTo(at({}), 12);
  expect(at({ property: 0.5 })).toBeGreaterThan(at({}));
  expect(at({ property: 0.5, guidance: 3 })).toBeGreaterThan(at({ property: 0.5 }));
  expect(at({ property: -1 })).toBeLessThan(at({}));
});

test("a size that no graph had is made of labels as they come", () => {
  const law = rootLaw(config, { size: 5 });
  expect(law.draw(randomStream(1, "test"), 0).reduce((sum, count) => sum + count, 0)).toBe(5);
  expect(Math.exp(law.logProbability(Int32Array.of(5, 0)))).toBeCloseTo(0.75 ** 5, 12);
});
