import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { fromTokens, toTokens } from "../../src/refiner/field-tokens.js";

const field = tf.reshape(tf.range(0, 2 * 8 * 16 * 3), [2, 8, 16, 3]);
const valuesOf = (x: tf.Tensor) => [...x.dataSync()];

test.each([1, 2, 4])("tokens of side %i come back", (side) => {
  const tokens = toTokens(field, side);
  expect(tokens.shape).toEqual([2, (8 * 16) / side ** 2, side ** 2 * 3]);
  expect(valuesOf(fromTokens(tokens, { height: 8, width: 16 }, side))).toEqual(valuesOf(field));
});

test("a token is a block of cells, row-major, and the next one lies north of it", () => {
  const latitudes = tf.broadcastTo(tf.reshape(tf.range(0, 4), [1, 4, 1, 1]), [1, 4, 8, 1]);
  const longitudes = tf.broadcastTo(tf.reshape(tf.range(0, 8), [1, 1, 8, 1]), [1, 4, 8, 1]);
  expect(valuesOf(toTokens(latitudes, 2)).slice(0, 8)).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  expect(valuesOf(toTokens(longitudes, 2)).slice(0, 12)).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 2, 3, 2, 3]);
});
