import fc from "fast-check";
import { expect, test } from "vitest";
import { elementsOf, partsOf, takeRegion } from "../../src/data/slice.js";

test("parts of a region are small enough, and one after the other they are the region", () => {
  const axis = fc.tuple(fc.nat(3), fc.nat(5), fc.nat(3));
  fc.assert(
    fc.property(fc.array(axis, { maxLength: 4 }), fc.integer({ min: 1, max: 40 }), (axes, most) => {
      const shape = axes.map(([before, count, after]) => before + count + after);
      const region = { start: axes.map(([before]) => before), count: axes.map(([, count]) => count) };
      const values = Int32Array.from({ length: elementsOf(shape) }, (_, i) => i);
      const parts = [...partsOf(region, most)];
      expect(parts.every(({ count }) => elementsOf(count) <= most)).toBe(true);
      const joined = parts.flatMap((part) => Array.from(takeRegion(values, shape, part)));
      expect(joined).toEqual(Array.from(takeRegion(values, shape, region)));
    }),
    { numRuns: 200, seed: 1 },
  );
});
