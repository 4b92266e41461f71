import fc from "fast-check";
import { expect, test } from "vitest";
import { levelsAboutZero, levelTexts, roundLevels } from "../../src/plot/levels.js";

const finite = fc.double({ min: -1e9, max: 1e9, noNaN: true });

test("round levels enclose the values, at one round step, neither few nor many", () => {
  fc.assert(
    fc.property(finite, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (least, width) => {
      const largest = least + width;
      const levels = roundLevels(least, largest);
      const step = levels[1]! - levels[0]!;
      const rounding = 2e-9 * (step + Math.abs(least) + Math.abs(largest));
      expect(levels[0]!).toBeLessThanOrEqual(least + rounding);
      expect(levels.at(-1)!).toBeGreaterThanOrEqual(largest - rounding);
      expect(levels.length).toBeGreaterThan(7);
      expect(levels.length).toBeLessThan(23);
      for (let i = 1; i < levels.length; i++) {
        expect(Math.abs(levels[i]! - levels[i - 1]! - step)).toBeLessThan(1e-6 * step + rounding);
      }
    }),
  );
});

test("levels about zero are symmetric, enclose the values and leave zero inside a band", () => {
  fc.assert(
    fc.property(finite, finite, (a, b) => {
      const levels = levelsAboutZero([Math.min(a, b), Math.max(a, b)]);
      expect(levels.map((level) => -level).reverse()).toEqual(levels);
      expect(levels).not.toContain(0);
      expect(levels.at(-1)!).toBeGreaterThanOrEqual(Math.max(Math.abs(a), Math.abs(b)) * (1 - 1e-9));
    }),
  );
});

test("known levels and their texts", () => {
  expect(levelTexts(roundLevels(0, 1))).toEqual("0.0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1.0".split(" "));
  expect(levelTexts(levelsAboutZero([-1, 0.3]))).toEqual("−1.0 −0.8 −0.6 −0.4 −0.2 0.2 0.4 0.6 0.8 1.0".split(" "));
  expect(levelTexts(roundLevels(273.15, 273.15))).toHaveLength(2);
  expect(levelTexts(roundLevels(0, 0))).toEqual(["0", "1"]);
  expect(levelTexts(roundLevels(0, 2e-5)).at(-1)).toBe("2.0e-5");
});
