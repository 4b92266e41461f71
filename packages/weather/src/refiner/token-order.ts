import type { TokenGrid } from "./displacement.js";

/*
 * The codes of a scale are drawn independently of each other, given what is drawn already. So tokens may be drawn in several
 * passes, each of which sees what the passes before it have drawn. Here is which token comes in which pass: [tokens], from 0,
 * in the order of `toTokens`.
 */

/**
 * In one, two or four: no two neighbours of the same of four colours, and the first two colours are the black fields of a
 * chessboard. It takes the seams from a scale.
 */
export function chessboard(grid: TokenGrid, passes: 1 | 2 | 4): Int32Array {
  return byPlace(grid, (row, column) => Math.floor((colourOf(row, column) * passes) / 4));
}

/**
 * From one token over every eighth, fourth and second to all, the last step by two colours: each token is drawn between
 * neighbours. It keeps what distant tokens of a coarse scale have in common, which would average out between them.
 */
export function nested(grid: TokenGrid): Int32Array {
  const most = Math.ceil(Math.log2(Math.max(grid.latitudes.length, grid.longitudes.length)));
  return byPlace(grid, (row, column) => {
    const level = Math.min(halvings(row, most), halvings(column, most));
    return most - level + (level === 0 && colourOf(row, column) !== ODD ? 1 : 0);
  });
}

/** Of four colours: both even, both odd, one of them. */
function colourOf(row: number, column: number): number {
  const [oddRow, oddColumn] = [row % 2, column % 2];
  return oddRow === oddColumn ? oddRow : 2 + oddRow;
}
const ODD = 1;

/** How often a number can be halved, so many times at most. */
function halvings(value: number, most: number): number {
  let times = 0;
  for (let rest = value; times < most && rest % 2 === 0; rest /= 2) times++;
  return times;
}

function byPlace({ latitudes, longitudes }: TokenGrid, passOf: (row: number, column: number) => number): Int32Array {
  const rows = latitudes.length;
  return Int32Array.from({ length: rows * longitudes.length }, (_, token) => {
    return passOf(token % rows, Math.floor(token / rows));
  });
}
