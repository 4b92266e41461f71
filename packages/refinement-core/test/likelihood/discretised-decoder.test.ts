import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decoderNats,
  fitDecoder,
  levelNats,
  twoPartBitsPerDim,
  type DiscretisedDecoder,
} from "../../src/likelihood/discretised-decoder.js";
import { logUpperTail } from "../../src/likelihood/normal-tail.js";
import { normals, uniforms } from "../support/random.js";

const KINDS = ["logistic", "gaussian"] as const;

test("the normal tail has the tabulated values, to twelve digits, near and far", () => {
  // Q(1), Q(2), Q(3), Q(5), Q(10): Abramowitz & Stegun, tables 26.1 and 26.2.
  const table: [number, number][] = [
    [0, 0.5],
    [1, 0.158655253931457],
    [2, 0.0227501319481792],
    [3, 1.34989803163009e-3],
    [5, 2.86651571879194e-7],
    [10, 7.61985302416053e-24],
  ];
  for (const [x, q] of table) {
    expect(Math.abs(Math.exp(logUpperTail(x)) / q - 1)).toBeLessThan(1e-12);
    expect(Math.exp(logUpperTail(-x))).toBeCloseTo(1 - q, 14);
  }
  expect(Math.abs(logUpperTail(2.5 - 1e-12) - logUpperTail(2.5))).toBeLessThan(1e-10);
  expect(logUpperTail(100)).toBeCloseTo(-5005.5242086942, 8);
});

describe.each(KINDS)("discretised %s", (kind) => {
  test("probabilities of all levels sum to 1 for any mean and scale", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -0.5, max: 1.5, noNaN: true }),
        fc.double({ min: -4, max: 0, noNaN: true }),
        fc.constantFrom(2, 4, 256),
        (mean, logScale, levels) => {
          const decoder: DiscretisedDecoder = { kind, scale: 10 ** logScale, levels };
          let sum = 0;
          for (let level = 0; level < levels; level++) sum += Math.exp(-levelNats(decoder, level, mean));
          expect(sum).toBeCloseTo(1, 9);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("costs stay finite for a mean on the wrong side with a narrow scale", () => {
    const nats = levelNats({ kind, scale: 1e-3, levels: 256 }, 250, 0);
    expect(Number.isFinite(nats)).toBe(true);
    expect(nats).toBeGreaterThan(700);
  });

  test("mirroring levels and mean changes nothing", () => {
    const decoder: DiscretisedDecoder = { kind, scale: 0.07, levels: 256 };
    for (const level of [0, 3, 128, 255]) {
      expect(levelNats(decoder, level, 0.3)).toBeCloseTo(levelNats(decoder, 255 - level, 0.7), 9);
    }
  });
});

test("a bin much narrower than the scale costs the density times its width", () => {
  const density = Math.exp(-0.5 * 0.5 ** 2) / (0.2 * Math.sqrt(2 * Math.PI));
  expect(levelNats({ kind: "gaussian", scale: 0.2, levels: 100001 }, 60000, 0.5)).toBeCloseTo(
    -Math.log(density / 1e5),
    6,
  );
  const logistic = 1 / (0.2 * (Math.exp(0.25) + Math.exp(-0.25)) ** 2);
  expect(levelNats({ kind: "logistic", scale: 0.2, levels: 100001 }, 60000, 0.5)).toBeCloseTo(
    -Math.log(logistic / 1e5),
    6,
  );
});

describe("fitting the global scale", () => {
  const count = 20000;
  const means = uniforms("means", count).map((u) => 0.3 + 0.4 * u);
  const level = (value: number): number => Math.min(255, Math.max(0, Math.round(value * 255)));

  test("recovers the scale that the pixels were drawn with", () => {
    const noise = normals("noise", count);
    const gaussian = means.map((mean, i) => level(mean + 0.06 * (noise[i] ?? 0)));
    expect(fitDecoder("gaussian", gaussian, means).scale).toBeCloseTo(0.06, 2);
    const u = uniforms("logistic", count);
    const logistic = means.map((mean, i) => level(mean + 0.03 * Math.log((u[i] ?? 0.5) / (1 - (u[i] ?? 0.5)))));
    const fitted = fitDecoder("logistic", logistic, means);
    expect(Math.abs(fitted.scale / 0.03 - 1)).toBeLessThan(0.03);
  });

  test("no nearby scale costs less", () => {
    const some = means.subarray(0, 2000);
    const noise = normals("x", 2000);
    const pixels = some.map((mean, i) => level(mean + 0.05 * (noise[i] ?? 0)));
    for (const kind of KINDS) {
      const fitted = fitDecoder(kind, pixels, some);
      const cost = (scale: number): number => decoderNats({ ...fitted, scale }, pixels, some, 2000)[0] ?? 0;
      expect(cost(fitted.scale)).toBeLessThan(cost(fitted.scale * 1.05));
      expect(cost(fitted.scale)).toBeLessThan(cost(fitted.scale * 0.95));
    }
  });
});

test("two-part bits per dimension: a uniform code and a uniform decoder cost what they should", () => {
  // 3 codes of 16 each on 4 two-level pixels that the decoder knows nothing about: (3 * 4 + 4) / 4 bits.
  const decoder: DiscretisedDecoder = { kind: "logistic", scale: 1, levels: 2 };
  const nats = decoderNats(decoder, [0, 1, 1, 0], [0.5, 0.5, 0.5, 0.5], 4);
  expect(twoPartBitsPerDim(3 * Math.log(16), nats[0] ?? 0, 4)).toBeCloseTo(4, 12);
});

test("a two-part code never beats the entropy of the source", () => {
  // Pixels 0 or 1 with p = 0.2, code = pixel flipped with probability 0, decoder certain or not: H <= both.
  const entropy = -(0.2 * Math.log2(0.2) + 0.8 * Math.log2(0.8));
  const codeNats = entropy * Math.LN2;
  for (const scale of [1e-3, 0.1, 0.5]) {
    const decoder: DiscretisedDecoder = { kind: "gaussian", scale, levels: 2 };
    const pixelNats = 0.2 * levelNats(decoder, 1, 1) + 0.8 * levelNats(decoder, 0, 0);
    expect(twoPartBitsPerDim(codeNats, pixelNats, 1)).toBeGreaterThanOrEqual(entropy - 1e-12);
  }
});

test("pixels and means of different length are refused", () => {
  expect(() => fitDecoder("logistic", [1, 2], [0.5])).toThrow(/means/);
  expect(() => decoderNats({ kind: "logistic", scale: 1, levels: 2 }, [0, 1, 1], [0, 0, 0], 2)).toThrow(/whole items/);
});
