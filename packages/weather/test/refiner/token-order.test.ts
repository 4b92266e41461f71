import { expect, test } from "vitest";
import { chessboard, nested } from "../../src/refiner/token-order.js";

const gridOf = (rows: number, columns: number) => ({
  latitudes: Float64Array.from({ length: rows }, (_, i) => i),
  longitudes: Float64Array.from({ length: columns }, (_, i) => i),
});

test("no two neighbours come in the same of four passes, round the globe too", () => {
  const [rows, columns] = [6, 8];
  const order = chessboard(gridOf(rows, columns), 4);
  order.forEach((own, token) => {
    const [row, column] = [token % rows, Math.floor(token / rows)];
    for (const [dy, dx] of [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((x) => [y, x] as const))) {
      const y = row + dy;
      if (y < 0 || y >= rows || (dy === 0 && dx === 0)) continue;
      expect(order[((column + dx + columns) % columns) * rows + y]).not.toBe(own);
    }
  });
});

test("two passes are the fields of a chessboard, and one is all", () => {
  chessboard(gridOf(6, 8), 2).forEach((pass, token) => {
    expect(pass).toBe(((token % 6) + Math.floor(token / 6)) % 2);
  });
  expect(chessboard(gridOf(6, 8), 1).every((pass) => pass === 0)).toBe(true);
});

test("nested passes grow from one token to all, and each token lies between some that are there", () => {
  const [rows, columns] = [5, 6];
  const order = nested(gridOf(rows, columns));
  const sizes = [0, 1, 2, 3, 4].map((pass) => order.filter((own) => own === pass).length);
  expect(sizes).toEqual([1, 3, 5, 6, 15]);
  const distance = (pass: number) =>
    Array.from(order.keys())
      .filter((token) => order[token] === pass)
      .map((token) => {
        const others = Array.from(order.keys()).filter((other) => order[other]! < pass);
        return Math.min(...others.map((other) => Math.hypot((other % rows) - (token % rows), Math.floor(other / rows) - Math.floor(token / rows)))); // prettier-ignore
      });
  const nearest = [1, 2, 3, 4].map((pass) => Math.min(...distance(pass)));
  expect(nearest).toEqual([4, 2, Math.SQRT2, 1]);
});
