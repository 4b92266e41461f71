import { NextscaleError } from "@nextscale/engine";
import { permutation } from "../random/integers.js";
import type { RandomStream } from "../random/stream.js";

/** Which items of the data set one training step sees. */
export interface BatchIndices {
  readonly epoch: number;
  /** `batchSize` different item numbers. */
  readonly indices: Int32Array;
}

/** Order of the items in one epoch: a pure function of its arguments. */
export function epochOrder(count: number, stream: RandomStream, epoch: number): Int32Array {
  return permutation(stream, count, { item: epoch });
}

/**
 * Batches of a shuffled data set as a pure function of the step, so that a resumed run needs no iterator state.
 *
 * Every epoch is a new order of all items; the items left over when the batch size does not divide their number are
 * those that epoch's order put last, so over the epochs every item is seen equally often.
 *
 * @throws NextscaleError `invalid-argument` when a batch is larger than the data set
 */
export function shuffledBatches(options: {
  readonly count: number;
  readonly batchSize: number;
  /** Of a name of its own where several trainings share a seed, or they see their items in the same order. */
  readonly stream: RandomStream;
}): (step: number) => BatchIndices {
  const { count, batchSize, stream } = options;
  const perEpoch = Math.floor(count / batchSize);
  if (!Number.isInteger(batchSize) || batchSize < 1 || perEpoch < 1) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "training/epoch-order",
      expected: `a batch size from 1 to the ${count} items of the data set`,
      got: `${batchSize}`,
      fix: "add items or take smaller batches",
    });
  }
  // The order of the epoch last asked for is kept: shuffling 60,000 items takes milliseconds, a step may too.
  let kept = { epoch: 0, order: epochOrder(count, stream, 0) };
  return (step) => {
    const epoch = Math.floor(step / perEpoch);
    if (kept.epoch !== epoch) kept = { epoch, order: epochOrder(count, stream, epoch) };
    const start = (step % perEpoch) * batchSize;
    return { epoch, indices: kept.order.slice(start, start + batchSize) };
  };
}
