import fc from "fast-check";
import { expect, test } from "vitest";
import { randomStream } from "../../src/random/stream.js";
import { epochOrder, shuffledBatches } from "../../src/training/epoch-order.js";

const streamOf = (seed: number) => randomStream(seed, "order");

test("an epoch's batches are different items of the data set, and a whole epoch is all of them", () => {
  const sizes = fc.record({ batchSize: fc.integer({ min: 1, max: 20 }), batches: fc.integer({ min: 1, max: 10 }) });
  fc.assert(
    fc.property(sizes, fc.nat(1000), fc.nat(20), ({ batchSize, batches }, seed, epoch) => {
      const count = batchSize * batches;
      const batchAt = shuffledBatches({ count, batchSize, stream: streamOf(seed) });
      const seen = Array.from({ length: batches }, (_, i) => batchAt(epoch * batches + i));
      expect(seen.every((batch) => batch.epoch === epoch && batch.indices.length === batchSize)).toBe(true);
      expect(seen.flatMap(({ indices }) => [...indices]).sort((a, b) => a - b)).toEqual([...Array(count).keys()]);
    }),
    { numRuns: 40 },
  );
});

test("a batch depends on its step alone, not on the steps asked for before", () => {
  const inOrder = shuffledBatches({ count: 23, batchSize: 4, stream: streamOf(9) });
  const expected = Array.from({ length: 40 }, (_, step) => [...inOrder(step).indices]);
  fc.assert(
    fc.property(fc.array(fc.nat(39), { minLength: 1, maxLength: 30 }), (steps) => {
      const batchAt = shuffledBatches({ count: 23, batchSize: 4, stream: streamOf(9) });
      for (const step of steps) expect([...batchAt(step).indices]).toEqual(expected[step]);
    }),
  );
});

test("epochs and seeds have different orders", () => {
  const order = (seed: number, epoch: number): string => epochOrder(50, streamOf(seed), epoch).join();
  expect(new Set([order(1, 0), order(1, 1), order(2, 0), order(2, 1)]).size).toBe(4);
});

test("with a remainder every item still comes equally often", () => {
  const batchAt = shuffledBatches({ count: 10, batchSize: 4, stream: streamOf(3) });
  const seen = new Float64Array(10);
  for (let step = 0; step < 2 * 3000; step++) batchAt(step).indices.forEach((item) => seen[item]!++);
  // Binomial(3000, 0.8): standard deviation 22.
  for (const count of seen) expect(Math.abs(count - 2400)).toBeLessThan(110);
});

test("a batch larger than the data set is refused", () => {
  expect(() => shuffledBatches({ count: 3, batchSize: 4, stream: streamOf(0) })).toThrow("from 1 to the 3 items");
  expect(() => shuffledBatches({ count: 3, batchSize: 0, stream: streamOf(0) })).toThrow("batch size");
});
