import { integerSource, randomStream } from "@nextscale/refinement-core";
import { describe, expect, test } from "vitest";
import { splitCodes } from "../../src/codes/split-codes.js";
import { compareFormulas, massOf } from "../../src/pyramid/formula.js";

const codes = splitCodes([
  [1, 0, 0],
  [0, 1, 1],
  [2, 1, 0],
]);

/** Every lighter part that a node can have, none among them. */
function partsOf(formula: Int32Array): Int32Array[] {
  const parts = [...formula].reduce<number[][]>(
    (some, most) => some.flatMap((counts) => Array.from({ length: most + 1 }, (_, count) => [...counts, count])),
    [[]],
  );
  return parts
    .map((part) => Int32Array.from(part))
    .filter((part) => compareFormulas(formula.map((count, label) => count - part[label]!), part) <= 0); // prettier-ignore
}

/** Probabilities of the codes that a node can have. */
function rowOf(formula: Int32Array): Float64Array {
  const weights = Float64Array.from(codes.possible(formula), (may, code) => may * (1 + Math.sin(code) / 2));
  return weights.map((weight) => weight / massOf(weights));
}

describe.each([[[3, 2, 1]], [[2, 2, 0]], [[1, 1, 0]], [[40, 60, 3]]])("a node of %j", (counts) => {
  const formula = Int32Array.from(counts);
  const row = rowOf(formula);

  test("splits in some way, and every way has its probability", () => {
    const sum = partsOf(formula).reduce((total, part) => total + codes.probability(row, formula, part), 0);
    expect(sum).toBeCloseTo(1, 10);
  });

  test("is split as often as its probability says", () => {
    const draws = 4000;
    const found = new Map<string, number>();
    for (let item = 0; item < draws; item++) {
      const draw = integerSource(randomStream(1, "test"), { item });
      let at = draw(1e9) / 1e9;
      const code = row.findIndex((probability) => (at -= probability) < 0);
      const part = codes.draw(formula, code, draw);
      found.set(part.join(), (found.get(part.join()) ?? 0) + 1);
    }
    for (const part of partsOf(formula)) {
      const expected = codes.probability(row, formula, part);
      if (expected < 0.02) continue;
      expect(Math.abs((found.get(part.join()) ?? 0) / draws - expected)).toBeLessThan(5 * Math.sqrt(expected / draws));
    }
  });
});

test("a frequent part has a code of its own, others the class of their size", () => {
  expect(codes.codeOf(6, Int32Array.of(0, 1, 1))).toBe(34);
  expect(codes.codeOf(6, Int32Array.of(0, 2, 0))).toBe(2);
  expect(codes.codeOf(6, Int32Array.of(0, 0, 0))).toBe(0);
});

test("of two siblings of one mass the first has more of the first label, so its part is not the lighter", () => {
  const possible = splitCodes([[1, 0], [0, 1]]).possible(Int32Array.of(1, 1)); // prettier-ignore
  expect([...possible].flatMap((may, code) => (may ? [code] : []))).toEqual([0, 1, 34]);
});
