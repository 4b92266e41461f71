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
import type { CategoricalHeadConfig } from "../../src/config/head-config.js";
import { passesOver, passQuantiser, passScales } from "../../src/refiner/passes.js";
import { scaleTokens } from "../../src/refiner/token-grids.js";

const grid = gaussianGrid(8, 16);
const factors = [2, 2];
const pyramid = { factors, baseSide: 1, expansion: "bilinear" } as const;
const tokens = scaleTokens(grid, pyramid);

/** Ways, and passes over all scales: of 2 x 4, 2 x 4 and 4 x 8 tokens. */
const ways: [CategoricalHeadConfig["passes"], number][] = [
  [1, 3],
  [2, 6],
  [4, 12],
  ["nested", 4 + 4 + 5],
  [[1, 1, 2], 4],
  [[1, 1, 4], 6],
  [[1, 2, 1], 4],
  [[4, 2, 1], 7],
  [["nested", 1, 1], 6],
];
test.each(ways)("drawn in %j passes, scales end where they do in one", (config, count) => {
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
