import "@tensorflow/tfjs-backend-cpu";
import {
  encode,
  gaussianPyramid,
  tensorGrid,
  transformQuantiser,
  walk,
  normals,
  randomStream,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { gaussianGrid } from "../../src/grid/grid.js";
import { fieldPyramid } from "../../src/pyramid/field-pyramid.js";
import { fieldScales } from "../../src/refiner/field-scales.js";
import { COLOURS, colourMask, passesOver, passQuantiser, passScales } from "../../src/refiner/passes.js";
import { cellsOf, scaleTokens } from "../../src/refiner/token-grids.js";

const grid = gaussianGrid(8, 16);
const factors = [2, 2];
const pyramid = { factors, baseSide: 1, expansion: "bilinear" } as const;
const tokens = scaleTokens(grid, pyramid);
const finest = tokens.at(-1)!;

test("every token has one colour, and no neighbour has the same", () => {
  const masks = Array.from({ length: COLOURS }, (_, colour) => colourMask(finest, colour, colour + 1));
  const rows = finest.latitudes.length;
  const colourOf = (token: number) => masks.findIndex((mask) => mask[token] === 1);
  for (let token = 0; token < finest.count; token++) {
    expect(masks.reduce((sum, mask) => sum + mask[token]!, 0)).toBe(1);
    const [row, column] = [token % rows, Math.floor(token / rows)];
    const around = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [dy, dx] as const));
    for (const [dy, dx] of around) {
      const y = row + dy;
      if (y < 0 || y >= rows || (dy === 0 && dx === 0)) continue;
      const other = ((column + dx + finest.longitudes.length) % finest.longitudes.length) * rows + y;
      expect(colourOf(other)).not.toBe(colourOf(token));
    }
  }
});

test("two passes are the fields of a chessboard", () => {
  const black = colourMask(finest, 0, 2);
  const rows = finest.latitudes.length;
  black.forEach((value, token) => expect(value).toBe(((token % rows) + Math.floor(token / rows) + 1) % 2));
});

test.each([1, 2, 4])("drawn in %i passes, the finest scale ends where it does in one", (count) => {
  const field = tf.tensor4d(normals(randomStream(1, "test/passes"), { draws: 8 * 16 }), [1, 8, 16, 1]);
  const scales = fieldScales(grid, pyramid);
  const levels = gaussianPyramid(fieldPyramid(tensorGrid, grid, factors, "bilinear"), field, factors.length);
  // All coordinates, so finely that nothing is lost.
  const codebooks = tokens
    .map(({ block }) => cellsOf(block))
    .map((cells) => ({
      axes: tf.eye(cells),
      centroids: tf.tile(tf.reshape(tf.mul(tf.range(-4000, 4001), 0.001), [1, 8001]), [cells, 1]),
    }));
  const coder = transformQuantiser(codebooks, 0.001);
  const passes = passesOver(3, count);
  expect(passes.length).toBe(2 + count);
  const visits = [
    ...walk(
      passScales(scales, tokens, passes),
      tf.zerosLike(levels.at(-1)!),
      encode(passQuantiser(coder, passes), levels),
    ),
  ];
  const error = tf.max(tf.abs(tf.sub(visits.at(-1)!.state, field))).dataSync()[0]!;
  expect(error).toBeLessThan(0.01);
});
