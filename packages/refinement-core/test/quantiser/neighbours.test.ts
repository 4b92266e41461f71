import fc from "fast-check";
import { expect, test } from "vitest";
import { codeNeighbours, codeNoise, hostTensor, nearbyCodes, randomStream, selectCodes } from "../../src/index.js";
import { normals } from "../support/random.js";
import { runTraced } from "../support/run-traced.js";

const CHANNELS = 3;
const embeddingOf = (vocabulary: number, seed: number) =>
  hostTensor([vocabulary, CHANNELS], normals("neighbours", vocabulary * CHANNELS, seed));

test("neighbours are other codes, in order, and none that is left out is nearer", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 12 }),
      fc.integer({ min: 1, max: 11 }),
      fc.nat(99),
      (vocabulary, most, seed) => {
        const count = Math.min(most, vocabulary - 1);
        const { shape, data } = embeddingOf(vocabulary, seed);
        const distance = (a: number, b: number) =>
          Math.hypot(...[0, 1, 2].map((c) => data[a * CHANNELS + c]! - data[b * CHANNELS + c]!));
        const neighbours = codeNeighbours({ shape, data }, count);
        expect(neighbours.shape).toEqual([vocabulary, count]);
        for (let code = 0; code < vocabulary; code++) {
          const own = [...neighbours.data.subarray(code * count, (code + 1) * count)];
          const distances = own.map((other) => distance(code, other));
          expect(distances).toEqual(distances.toSorted((a, b) => a - b));
          expect(new Set([...own, code]).size).toBe(count + 1);
          const left = Array.from({ length: vocabulary }, (_, i) => i).filter((i) => i !== code && !own.includes(i));
          for (const other of left) expect(distance(code, other)).toBeGreaterThanOrEqual(distances.at(-1)!);
        }
      },
    ),
    { numRuns: 50 },
  );
});

test("in a trace codes that noise picks become one of their neighbours, the others stay", async () => {
  const [vocabulary, count, sites] = [9, 2, 40];
  const neighbours = codeNeighbours(embeddingOf(vocabulary, 1), count);
  const noise = codeNoise(randomStream(1, "nearby"), { items: 1, scale: 0, sites, vocabulary: count, strength: 1 });
  const codes = Int32Array.from({ length: sites }, (_, i) => i % vocabulary);
  const inputs = {
    neighbours,
    codes: { shape: [1, sites], data: codes },
    mask: { shape: [1, sites], data: noise.mask },
    choices: { shape: [1, sites], data: noise.replacement },
  };
  const { changed } = await runTraced(inputs, (t) => ({
    changed: selectCodes(t.mask, nearbyCodes(t.neighbours, t.codes, t.choices), t.codes),
  }));
  codes.forEach((code, i) => {
    const expected = noise.mask[i] === 1 ? neighbours.data[code * count + noise.replacement[i]!]! : code;
    expect(changed![i]).toBe(expected);
  });
  expect(noise.mask.includes(1)).toBe(true);
});

test("as many neighbours as codes are refused", () => {
  expect(() => codeNeighbours(embeddingOf(4, 1), 4)).toThrow(/from 1 to 3 neighbours/);
});
