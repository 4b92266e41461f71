import { isNextscaleError } from "@nextscale/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { integers, integerSource, permutation } from "../../src/random/integers.js";
import { randomStream } from "../../src/random/stream.js";

const stream = randomStream(4, "integers");

function chiSquare(hits: readonly number[], expected: number): number {
  return hits.reduce((sum, hit) => sum + (hit - expected) ** 2 / expected, 0);
}

test("integers stay below their bound and are uniform", () => {
  const drawn = integers(stream, { items: 100, sites: 10, draws: 70 }, 7);
  const hits = Array.from({ length: 7 }, (_, value) => drawn.filter((x) => x === value).length);
  expect(hits.reduce((a, b) => a + b)).toBe(70_000);
  // 6 degrees of freedom: above 33 once in 1e5 seeds.
  expect(chiSquare(hits, 10_000)).toBeLessThan(33);
});

test("a bound that does not divide 2^32 is unbiased where a modulo would be far off", () => {
  // With a plain modulo of 2^32 by 3 * 2^29 values below 2^30 would be drawn with probability 3/4 instead of 2/3.
  const drawn = integers(stream, { draws: 20_000 }, 3 * 2 ** 29);
  const low = drawn.filter((x) => x < 2 ** 30).length;
  expect(Math.abs(low / 20_000 - 2 / 3)).toBeLessThan(4.5 * Math.sqrt(2 / 9 / 20_000));
});

test("each item's integers depend on its own index", () => {
  const whole = integers(stream, { items: 6, sites: 2, draws: 3 }, 1000);
  const late = integers(stream, { items: { first: 4, count: 2 }, sites: 2, draws: 3 }, 1000);
  expect(late).toEqual(whole.slice(24));
});

test("a source draws what the bulk form draws", () => {
  const draw = integerSource(stream, { item: 3, scale: 2, site: 1 });
  const bulk = integers(stream, { items: [3], scale: 2, sites: [1], draws: 9 }, 1 + 2 ** 30);
  expect(Array.from({ length: 9 }, () => draw(1 + 2 ** 30))).toEqual([...bulk]);
});

test("a permutation has every number once", () => {
  fc.assert(
    fc.property(fc.nat({ max: 200 }), fc.nat(), (length, item) => {
      const sorted = permutation(stream, length, { item }).sort();
      expect([...sorted]).toEqual(Array.from({ length }, (_, i) => i));
    }),
  );
});

test("all orders of four are equally likely", () => {
  const counts = new Map<string, number>();
  for (let item = 0; item < 24_000; item++) {
    const key = permutation(stream, 4, { item }).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  // 23 degrees of freedom: above 65 once in 1e5 seeds.
  expect(chiSquare([...counts.values()], 1000)).toBeLessThan(65);
});

test.each([
  ["bound", () => integers(stream, { draws: 1 }, 0)],
  ["bound", () => integers(stream, { draws: 1 }, 2 ** 31 + 1)],
  ["length", () => permutation(stream, -1)],
])("a wrong %s is named", (what, act) => {
  let thrown: unknown;
  try {
    act();
  } catch (error) {
    thrown = error;
  }
  expect(isNextscaleError(thrown, "invalid-argument")).toBe(true);
  expect((thrown as Error).message).toContain(what);
});
