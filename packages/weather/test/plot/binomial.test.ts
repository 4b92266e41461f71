import fc from "fast-check";
import { expect, test } from "vitest";
import { binomialInterval } from "../../src/plot/binomial.js";

/** P(X <= k), k = 0..count, by multiplying out one trial at a time. */
function cumulative(count: number, probability: number): number[] {
  let terms = [1];
  for (let trial = 0; trial < count; trial++) {
    terms = Array.from({ length: terms.length + 1 }, (_, k) => {
      return (terms[k] ?? 0) * (1 - probability) + (terms[k - 1] ?? 0) * probability;
    });
  }
  let sum = 0;
  return terms.map((term) => (sum += term));
}

test("at most 2.5 % lie below and above, and one more count would be too much", () => {
  const probability = fc.double({ min: 0.005, max: 0.7, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 150 }), probability, (count, p) => {
      const [lower, upper] = binomialInterval(count, p);
      const upTo = cumulative(count, p);
      const near = 1e-9;
      expect(lower === 0 ? 0 : upTo[lower - 1]!).toBeLessThan(0.025 + near);
      expect(upTo[lower]!).toBeGreaterThan(0.025 - near);
      expect(1 - upTo[upper]!).toBeLessThan(0.025 + near);
      expect(1 - (upper === 0 ? 0 : upTo[upper - 1]!)).toBeGreaterThan(0.025 - near);
    }),
  );
});

test("many trials: within a count of the normal interval", () => {
  const [lower, upper] = binomialInterval(1_000_000, 1 / 51);
  const deviation = 1.959964 * Math.sqrt((1e6 / 51) * (50 / 51));
  expect(Math.abs(lower - (1e6 / 51 - deviation))).toBeLessThan(2);
  expect(Math.abs(upper - (1e6 / 51 + deviation))).toBeLessThan(2);
});
