import { isNextscaleError } from "@nextscale/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { countCodes, kMeans } from "../../src/quantiser/k-means.js";
import { nearestHostCodes } from "../../src/quantiser/nearest.js";
import { randomStream } from "../../src/random/stream.js";
import { normals } from "../support/random.js";

const stream = randomStream(6, "k-means");

/** `each` points around every centre, deviation 0.05. */
function clusters(centres: readonly (readonly number[])[], each: number): Float32Array {
  const channels = centres[0]!.length;
  const noise = normals("clusters", centres.length * each * channels);
  return noise.map((z, i) => centres[Math.floor(i / channels) % centres.length]![i % channels]! + 0.05 * z);
}

test("separated clusters are found", () => {
  const centres = [[0, 0], [5, 0], [0, 5], [5, 5], [10, 10]]; // prettier-ignore
  for (let item = 0; item < 10; item++) {
    const { means, counts, distortions } = kMeans(clusters(centres, 40), 2, {
      vocabulary: 5,
      stream,
      address: { item },
    });
    const found = Array.from({ length: 5 }, (_, k) => [...means.data.slice(2 * k, 2 * k + 2)]);
    for (const [x, y] of centres) {
      expect(found.some(([a, b]) => Math.hypot(a! - x!, b! - y!) < 0.1)).toBe(true);
    }
    expect([...counts]).toEqual([40, 40, 40, 40, 40]);
    expect(distortions[distortions.length - 1]).toBeCloseTo(2 * 0.05 ** 2, 2);
  }
});

test("distortion never rises, counts add up, and the start is one of the vectors", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 12 }),
      fc.nat(999),
      (count, vocabulary, item) => {
        const vectors = normals(`v${item}`, count * 3);
        const result = kMeans(vectors, 3, { vocabulary, stream, address: { item } });
        result.distortions.forEach((value, i) => {
          if (i > 0) expect(value).toBeLessThanOrEqual(result.distortions[i - 1]! + 1e-6);
        });
        expect(result.counts.reduce((a, b) => a + b)).toBe(count);
        expect(result.counts).toEqual(countCodes(nearestHostCodes(result.means, vectors), vocabulary));
        const start = kMeans(vectors, 3, { vocabulary, stream, address: { item }, iterations: 0 }).means.data;
        const rows = new Set(Array.from({ length: count }, (_, n) => vectors.slice(3 * n, 3 * n + 3).join()));
        for (let k = 0; k < vocabulary; k++) expect(rows.has(start.slice(3 * k, 3 * k + 3).join())).toBe(true);
      },
    ),
    { numRuns: 40 },
  );
});

test("k-means++ spreads the start: no two means coincide while other vectors are left", () => {
  const vectors = Float32Array.from({ length: 100 }, (_, i) => Math.floor(i / 10));
  const { means } = kMeans(vectors, 1, { vocabulary: 10, stream, iterations: 0 });
  expect([...means.data].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("more means than distinct vectors: the surplus is never hit and stays where it is", () => {
  const { means, counts, distortions } = kMeans(Float32Array.from([1, 1, 4, 4]), 1, { vocabulary: 5, stream });
  expect(distortions[distortions.length - 1]).toBe(0);
  for (const mean of means.data) expect([1, 4]).toContain(mean);
  expect([...counts].filter((count) => count > 0)).toEqual([2, 2]);
});

test("the same stream gives the same means, another one others", () => {
  const vectors = normals("same", 300);
  const run = (item: number) => kMeans(vectors, 3, { vocabulary: 8, stream, address: { item } }).means.data;
  expect(run(1)).toEqual(run(1));
  expect(run(1)).not.toEqual(run(2));
});

test.each([
  ["no vectors", new Float32Array(0)],
  ["part of a vector", new Float32Array(4)],
])("%s is refused", (_, vectors) => {
  try {
    kMeans(vectors, 3, { vocabulary: 2, stream });
    expect.unreachable();
  } catch (error) {
    expect(isNextscaleError(error, "shape")).toBe(true);
  }
});
