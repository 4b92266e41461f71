/** A field [latitude][longitude] as [longitude][latitude], the order of WeatherBench 2. */
export function longitudeFirst<Numbers extends Float32Array | Float64Array>(
  field: Numbers,
  rows: number,
  columns: number,
): Numbers {
  const result = new (field.constructor as new (length: number) => Numbers)(field.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = field[row * columns + column]!;
  }
  return result;
}
