/** The numbers of all arrays, one array after the other. */
export function concatenate(arrays: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(arrays.reduce((length, array) => length + array.length, 0));
  let offset = 0;
  for (const array of arrays) {
    joined.set(array, offset);
    offset += array.length;
  }
  return joined;
}

/**
 * Some rows of a row-major matrix, in the order of the indices.
 *
 * @param width numbers in one row
 */
export function gatherRows<Data extends Float32Array | Float64Array>(
  data: Data,
  width: number,
  indices: ArrayLike<number>,
): Data {
  const rows = new (data.constructor as new (length: number) => Data)(indices.length * width);
  for (let i = 0; i < indices.length; i++) {
    rows.set(data.subarray(indices[i]! * width, (indices[i]! + 1) * width), i * width);
  }
  return rows;
}
