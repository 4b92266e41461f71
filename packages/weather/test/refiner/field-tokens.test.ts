import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { regionalGrid } from "../../src/grid/grid.js";
import { fromTokens, square, toTokens } from "../../src/refiner/field-tokens.js";
import { cellsOf, scaleTokens } from "../../src/refiner/token-grids.js";

const field = tf.reshape(tf.range(0, 2 * 8 * 16 * 3), [2, 8, 16, 3]);
const valuesOf = (x: tf.Tensor) => [...x.dataSync()];

test.each([1, 2, 4])("tokens of side %i come back", (side) => {
  const tokens = toTokens(field, square(side));
  expect(tokens.shape).toEqual([2, (8 * 16) / side ** 2, side ** 2 * 3]);
  expect(valuesOf(fromTokens(tokens, { height: 8, width: 16 }, square(side)))).toEqual(valuesOf(field));
});

test("a token is a block of cells, row-major, and the next one lies north of it", () => {
  const latitudes = tf.broadcastTo(tf.reshape(tf.range(0, 4), [1, 4, 1, 1]), [1, 4, 8, 1]);
  const longitudes = tf.broadcastTo(tf.reshape(tf.range(0, 8), [1, 1, 8, 1]), [1, 4, 8, 1]);
  expect(valuesOf(toTokens(latitudes, square(2))).slice(0, 8)).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  expect(valuesOf(toTokens(longitudes, square(2))).slice(0, 12)).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 2, 3, 2, 3]);
});

test("the base of a pyramid may be one token, of all its cells", () => {
  const grid = regionalGrid([30, 40, 50, 60], [0, 10, 20, 30, 40, 50, 60, 70]);
  const [cells, whole] = [
    scaleTokens(grid, { factors: [2], baseSide: 1 }),
    scaleTokens(grid, { factors: [2], baseSide: "whole" }),
  ];
  expect(cells.map(({ count }) => count)).toEqual([8, 8]);
  expect(whole.map(({ count }) => count)).toEqual([1, 8]);
  expect(whole.map(({ block }) => cellsOf(block))).toEqual([8, 4]);
  expect([...Array.from(whole[0]!.latitudes), ...Array.from(whole[0]!.longitudes)]).toEqual([45, 35]);
  const field = tf.reshape(tf.range(0, 2 * 8 * 3), [2, 2, 4, 3]);
  const token = toTokens(field, whole[0]!.block);
  expect(token.shape).toEqual([2, 1, 24]);
  expect(valuesOf(token)).toEqual(valuesOf(field));
  expect(valuesOf(fromTokens(token, whole[0]!, whole[0]!.block))).toEqual(valuesOf(field));
});
