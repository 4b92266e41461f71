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
import { passesOver, passQuantiser, passScales, type PassesConfig } from "../../src/refiner/passes.js";
import { scaleTokens } from "../../src/refiner/token-grids.js";

const grid = gaussianGrid(8, 16);
const factors = [2, 2];
const pyramid = { factors, baseSide: 1, expansion: "bilinear" } as const;
const tokens = scaleTokens(grid, pyramid);

const ways: [string, PassesConfig, number][] = [
  ["in one pass", { passes: 1 }, 3],
  ["the finest in two", { passes: 2 }, 4],
  ["the finest in four", { passes: 4 }, 6],
  ["the base nested", { passes: 1, base: "nested" }, 6],
];
test.each(ways)("drawn %s, scales end where they do in one", (_, config, count) => {
  const field = tf.tensor4d(normals(randomStream(1, "test/passes"), { draws: 8 * 16 }), [1, 8, 16, 1]);
  const scales = fieldScales(grid, pyramid);
  const levels = gaussianPyramid(fieldPyramid(tensorGrid, grid, factors, "bilinear"), field, factors.length);
  // All coordinates, so finely that nothing is lost.
  const codebooks = tokens
    .map(({ side }) => side ** 2)
    .map((cells) => ({
      axes: tf.eye(cells),
      centroids: tf.tile(tf.reshape(tf.mul(tf.range(-4000, 4001), 0.001), [1, 8001]), [cells, 1]),
    }));
  const coder = transformQuantiser(codebooks, 0.001);
  const passes = passesOver(tokens, config);
  expect(passes.length).toBe(count);
  const visits = [
    ...walk(passScales(scales, passes), tf.zerosLike(levels.at(-1)!), encode(passQuantiser(coder, passes), levels)),
  ];
  const error = tf.max(tf.abs(tf.sub(visits.at(-1)!.state, field))).dataSync()[0]!;
  expect(error).toBeLessThan(0.01);
});
