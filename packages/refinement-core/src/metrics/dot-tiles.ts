import type { FeatureMatrix } from "./features.js";

/**
 * All scalar products between two sets of vectors, one square tile at a time, so that an n x m table never exists.
 *
 * Products and sums are in double precision. Each product is summed in the order of the components, so x·y, y·x and
 * the sum of squares of x = y agree to the last bit: a duplicated vector has distance exactly zero.
 */

/** Rows and columns of a tile: two panels of 64 vectors of some hundred components stay in the second-level cache. */
export const TILE = 64;

/** Vectors copied to double precision, with zero rows up to a whole number of tiles. */
export interface Panel {
  readonly data: Float64Array;
  readonly count: number;
  readonly depth: number;
}

/** Copies vectors into a panel, less `origin` where one is given. */
export function toPanel(features: FeatureMatrix, origin?: Float64Array): Panel {
  const { count, dimension } = features;
  const data = new Float64Array(Math.ceil(count / TILE) * TILE * dimension);
  data.set(features.data);
  if (origin !== undefined) {
    for (let row = 0; row < count; row++) {
      for (let k = 0; k < dimension; k++) data[row * dimension + k]! -= origin[k]!;
    }
  }
  return { data, count, depth: dimension };
}

/** One tile: the product of row `rowStart + i` with column `columnStart + j` is `products[i*TILE + j]`. */
export interface DotTile {
  readonly rowStart: number;
  readonly rowCount: number;
  readonly columnStart: number;
  readonly columnCount: number;
  /** Overwritten by the next tile. */
  readonly products: Float64Array;
}

/**
 * Visits the tiles of A·Bᵀ, row of tiles by row of tiles.
 *
 * @param triangle `"upper"` skips the tiles that lie wholly below the diagonal, for a symmetric table (a is b)
 */
export function forEachDotTile(
  a: Panel,
  b: Panel,
  visit: (tile: DotTile) => void,
  triangle: "all" | "upper" = "all",
): void {
  const products = new Float64Array(TILE * TILE);
  for (let rowStart = 0; rowStart < a.count; rowStart += TILE) {
    const rows = a.data.subarray(rowStart * a.depth, (rowStart + TILE) * a.depth);
    const rowCount = Math.min(TILE, a.count - rowStart);
    for (let columnStart = triangle === "upper" ? rowStart : 0; columnStart < b.count; columnStart += TILE) {
      const columns = b.data.subarray(columnStart * b.depth, (columnStart + TILE) * b.depth);
      multiplyTile(rows, columns, a.depth, products);
      visit({ rowStart, rowCount, columnStart, columnCount: Math.min(TILE, b.count - columnStart), products });
    }
  }
}

/** Squared length of each vector of a panel, summed as the tiles sum. */
export function squaredNorms(panel: Panel): Float64Array {
  const norms = new Float64Array(panel.count);
  for (let row = 0; row < panel.count; row++) {
    let sum = 0;
    for (let k = row * panel.depth; k < (row + 1) * panel.depth; k++) sum += panel.data[k]! * panel.data[k]!;
    norms[row] = sum;
  }
  return norms;
}

/** products = rows · columnsᵀ. Four rows by two columns at a time: eight sums and six operands fit the registers. */
function multiplyTile(rows: Float64Array, columns: Float64Array, depth: number, products: Float64Array): void {
  for (let i = 0; i < TILE; i += 4) {
    const a0 = i * depth;
    const a1 = a0 + depth;
    const a2 = a1 + depth;
    const a3 = a2 + depth;
    for (let j = 0; j < TILE; j += 2) {
      const b0 = j * depth;
      const b1 = b0 + depth;
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      let s20 = 0;
      let s21 = 0;
      let s30 = 0;
      let s31 = 0;
      for (let k = 0; k < depth; k++) {
        const x0 = rows[a0 + k]!;
        const x1 = rows[a1 + k]!;
        const x2 = rows[a2 + k]!;
        const x3 = rows[a3 + k]!;
        const y0 = columns[b0 + k]!;
        const y1 = columns[b1 + k]!;
        s00 += x0 * y0;
        s01 += x0 * y1;
        s10 += x1 * y0;
        s11 += x1 * y1;
        s20 += x2 * y0;
        s21 += x2 * y1;
        s30 += x3 * y0;
        s31 += x3 * y1;
      }
      const out = i * TILE + j;
      products[out] = s00;
      products[out + 1] = s01;
      products[out + TILE] = s10;
      products[out + TILE + 1] = s11;
      products[out + 2 * TILE] = s20;
      products[out + 2 * TILE + 1] = s21;
      products[out + 3 * TILE] = s30;
      products[out + 3 * TILE + 1] = s31;
    }
  }
}
