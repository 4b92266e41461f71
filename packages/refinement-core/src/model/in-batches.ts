/** Most items of one run of a program; more would not be faster and would need more memory. */
const LARGEST = 250;

/** Sizes of a batch. Each is a program of its own to compile and keep, so there are few of them. */
const SIZES = [1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 160, 192, LARGEST];

/** Items of each run when `count` are wanted: as few runs as can be, all of one size, at most `largest` but for rounding up. */
export function batchSize(count: number, largest = LARGEST): number {
  const least = Math.ceil(count / Math.ceil(count / largest));
  return SIZES.find((size) => size >= least)!;
}

/**
 * Splits `count` items into runs of a program with a fixed batch size, one after the other. The last one is to be topped
 * up; `kept` says how many of its items are wanted.
 *
 * @param largest most items of a run, where what a run works on is too large for the processor's caches with more
 */
export async function inBatches(
  count: number,
  run: (first: number, items: number, kept: number) => Promise<void>,
  largest = LARGEST,
): Promise<void> {
  const items = batchSize(count, largest);
  for (let first = 0; first < count; first += items) await run(first, items, Math.min(items, count - first));
}

/** Elements of items `first` to `first + items`; items past the end repeat the last one. */
export function sliceItems<T extends Float32Array | Int32Array>(
  data: T,
  size: number,
  first: number,
  items: number,
): T {
  const there = data.subarray(first * size, (first + items) * size) as T;
  if (there.length === items * size) return there;
  const padded = new (data.constructor as new (length: number) => T)(items * size);
  padded.set(there);
  const last = data.subarray(data.length - size);
  for (let i = there.length / size; i < items; i++) padded.set(last, i * size);
  return padded;
}
