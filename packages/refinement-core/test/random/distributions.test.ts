import { isNextscaleError } from "@nextscale/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { gumbels, normals, uniforms, unitFrom24Bits, unitFrom32Bits } from "../../src/random/distributions.js";
import { randomStream } from "../../src/random/stream.js";

const stream = randomStream(20, "distributions");
const draws = 200_000;

/** Largest distance between the empirical and the true distribution function (Kolmogorov and Smirnov). */
function ksDistance(sample: Float32Array, distribution: (x: number) => number): number {
  const sorted = sample.slice().sort();
  return sorted.reduce((worst, x, i) => {
    const p = distribution(x);
    return Math.max(worst, p - i / sorted.length, (i + 1) / sorted.length - p);
  }, 0);
}

/** Beyond this a sample of the right distribution falls once in 1e5 seeds. */
const KS_LIMIT = 2.47 / Math.sqrt(draws);

/** Phi(x) by integrating the density with Simpson's rule. */
function normalDistribution(x: number): number {
  const steps = 200;
  const h = x / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) sum += (i === 0 || i === steps ? 1 : i % 2 ? 4 : 2) * Math.exp(-((i * h) ** 2) / 2);
  return 0.5 + (sum * h) / 3 / Math.sqrt(2 * Math.PI);
}

test.each([
  ["uniform", uniforms, (x: number) => x],
  ["Gumbel", gumbels, (x: number) => Math.exp(-Math.exp(-x))],
  ["normal", normals, normalDistribution],
] as const)("%s draws follow their law", (_, draw, distribution) => {
  expect(ksDistance(draw(stream, { draws }), distribution)).toBeLessThan(KS_LIMIT);
  // Over sites instead of draws: neighbouring counters are as good as neighbouring words.
  expect(ksDistance(draw(stream, { sites: draws, draws: 1 }), distribution)).toBeLessThan(KS_LIMIT);
});

test("control: a shifted law is noticed", () => {
  expect(ksDistance(uniforms(stream, { draws }), (x) => Math.max(0, x - 0.01))).toBeGreaterThan(KS_LIMIT);
});

test("normals of one block are uncorrelated", () => {
  const sample = normals(stream, { draws });
  for (const lag of [1, 2, 3, 4]) {
    let sum = 0;
    for (let i = 0; i + lag < draws; i++) sum += sample[i]! * sample[i + lag]!;
    expect(Math.abs(sum / draws)).toBeLessThan(4.5 / Math.sqrt(draws));
  }
});

test("unit numbers never are 0 or 1", () => {
  for (const word of [0, 1, 255, 256, 0x7fffffff, 0x80000000, 0xfffffeff, 0xffffffff]) {
    for (const unit of [Math.fround(unitFrom24Bits(word)), unitFrom32Bits(word)]) {
      expect(unit).toBeGreaterThan(0);
      expect(unit).toBeLessThan(1);
    }
  }
});

test("24 bits stay 24 bits in float32", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 24 - 2 }), (k) => {
      expect(Math.fround(unitFrom24Bits((k + 1) * 256))).toBeGreaterThan(Math.fround(unitFrom24Bits(k * 256)));
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ["uniform", uniforms],
  ["normal", normals],
  ["Gumbel", gumbels],
] as const)("%s: any split of the items gives the same numbers", (_, draw) => {
  fc.assert(
    fc.property(
      fc.nat({ max: 12 }),
      fc.nat({ max: 12 }),
      fc.integer({ min: 1, max: 5 }),
      fc.nat({ max: 9 }),
      (before, after, sites, perSite) => {
        const region = { scale: 3, sites, draws: perSite };
        const whole = draw(stream, { ...region, items: before + after });
        const parts = [
          draw(stream, { ...region, items: before }),
          draw(stream, { ...region, items: { first: before, count: after } }),
        ];
        expect([...parts[0]!, ...parts[1]!]).toEqual([...whole]);
        const reversed = Array.from({ length: before + after }, (_, i) => before + after - 1 - i);
        const backwards = draw(stream, { ...region, items: reversed });
        const stride = sites * perSite;
        const restored = reversed.flatMap((_, i) => [
          ...backwards.slice((reversed.length - 1 - i) * stride, (reversed.length - i) * stride),
        ]);
        expect(restored).toEqual([...whole]);
      },
    ),
  );
});

test("more draws at a site leave the first ones as they were", () => {
  const few = gumbels(stream, { sites: 3, draws: 5 });
  const many = gumbels(stream, { sites: 3, draws: 9 });
  for (let s = 0; s < 3; s++) expect(many.slice(9 * s, 9 * s + 5)).toEqual(few.slice(5 * s, 5 * s + 5));
});

test("scale, stream and seed change the numbers", () => {
  const base = [...uniforms(stream, { draws: 4 })];
  expect([...uniforms(stream, { scale: 1, draws: 4 })]).not.toEqual(base);
  expect([...uniforms(randomStream(20, "other"), { draws: 4 })]).not.toEqual(base);
  expect([...uniforms(randomStream(21, "distributions"), { draws: 4 })]).not.toEqual(base);
});

test("the argMax of logits + Gumbel noise follows the softmax", () => {
  const logits = [0, 1, -1, 0.5];
  const weights = logits.map(Math.exp);
  const total = weights.reduce((a, b) => a + b);
  const noise = gumbels(stream, { items: 40_000, draws: 4 });
  const hits = [0, 0, 0, 0];
  for (let i = 0; i < noise.length; i += 4) {
    const scores = logits.map((logit, c) => logit + noise[i + c]!);
    hits[scores.indexOf(Math.max(...scores))]!++;
  }
  const chiSquare = hits.reduce((sum, hit, c) => {
    const expected = (40_000 * weights[c]!) / total;
    return sum + (hit - expected) ** 2 / expected;
  }, 0);
  // 3 degrees of freedom: above 25 once in 6e4 seeds.
  expect(chiSquare).toBeLessThan(25);
});

test("an output array is filled, and must fit", () => {
  const out = new Float32Array(6);
  expect(uniforms(stream, { sites: 2, draws: 3 }, out)).toBe(out);
  expect(out).toEqual(uniforms(stream, { sites: 2, draws: 3 }));
  try {
    uniforms(stream, { draws: 5 }, out);
    expect.unreachable();
  } catch (error) {
    expect(isNextscaleError(error, "invalid-argument")).toBe(true);
  }
});
