import * as fc from "fast-check";
import { expect, test } from "vitest";
import { batchSize, inBatches, sliceItems } from "../../src/model/in-batches.js";

test("every item is in one run, in order, and runs are few and of one size", async () => {
  const counts = fc.integer({ min: 1, max: 3000 });
  await fc.assert(
    fc.asyncProperty(counts, async (count) => {
      const data = Int32Array.from({ length: 2 * count }, (_, i) => i);
      const seen: number[] = [];
      let runs = 0;
      await inBatches(count, async (first, items, kept) => {
        runs++;
        const slice = sliceItems(data, 2, first, items);
        expect([items, slice.length]).toEqual([batchSize(count), 2 * items]);
        expect(Array.from(slice.subarray(2 * kept)).every((value) => value >= 2 * (count - 1))).toBe(true);
        seen.push(...slice.subarray(0, 2 * kept));
      });
      expect(seen).toEqual(Array.from(data));
      expect(runs).toBe(Math.ceil(count / 250));
    }),
  );
});

test("there are few sizes, and at most half of a run is wasted", () => {
  const sizes = Array.from({ length: 1000 }, (_, i) => batchSize(i + 1));
  expect(new Set(sizes).size).toBeLessThan(16);
  sizes.slice(0, 250).forEach((size, i) => expect(size / (i + 1)).toBeLessThan(2));
});
