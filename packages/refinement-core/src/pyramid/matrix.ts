/** A dense linear map of one axis: output = matrix * input. Row-major. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** A matrix from its entries. */
export function matrix(rows: number, columns: number, entry: (row: number, column: number) => number): Matrix {
  const data = Float64Array.from({ length: rows * columns }, (_, i) => entry(Math.floor(i / columns), i % columns));
  return { rows, columns, data };
}

/** A weight that a row of a matrix gives to one input. */
export interface Tap {
  readonly column: number;
  readonly weight: number;
}

/** A matrix from the taps of each row; taps of one column add up, as border rules need. */
export function matrixFromTaps(rows: number, columns: number, taps: (row: number) => readonly Tap[]): Matrix {
  const data = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (const { column, weight } of taps(row)) data[row * columns + column]! += weight;
  }
  return { rows, columns, data };
}

/** The identity on an axis of `size`. */
export function identityMatrix(size: number): Matrix {
  return matrix(size, size, (row, column) => Number(row === column));
}

/** True when applying the matrix changes nothing. */
export function isIdentity({ rows, columns, data }: Matrix): boolean {
  return rows === columns && data.every((value, i) => value === Number(Math.floor(i / columns) === i % columns));
}

/** The adjoint: <A x, y> = <x, A^T y>. */
export function transposeMatrix(a: Matrix): Matrix {
  return matrix(a.columns, a.rows, (row, column) => a.data[column * a.columns + row]!);
}

/** The product a b: first b, then a. Inner extents must agree. */
export function multiplyMatrices(a: Matrix, b: Matrix): Matrix {
  return matrix(a.rows, b.columns, (row, column) => {
    let sum = 0;
    for (let k = 0; k < a.columns; k++) sum += a.data[row * a.columns + k]! * b.data[k * b.columns + column]!;
    return sum;
  });
}
