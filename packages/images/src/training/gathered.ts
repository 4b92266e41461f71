/**
 * Items of a data set, one after the other.
 *
 * @param data all of its `count` items, of equal size
 * @param indices which items, in which order
 */
export function gathered(data: Float32Array | Uint8Array, count: number, indices: ArrayLike<number>): Float32Array {
  const size = data.length / count;
  const items = new Float32Array(indices.length * size);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    items.set(data.subarray(index * size, (index + 1) * size), i * size);
  }
  return items;
}
