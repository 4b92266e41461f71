/**
 * Splits `count` items into runs of a program with a fixed batch size: as few runs as `largest` allows, all of one size.
 * The last one is topped up; `kept` says how many of its items are wanted.
 */
export async function inBatches(
  count: number,
  largest: number,
  run: (first: number, items: number, kept: number) => Promise<void>,
): Promise<void> {
  const items = Math.ceil(count / Math.ceil(count / largest));
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
