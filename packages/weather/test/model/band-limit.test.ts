import "@tensorflow/tfjs-backend-cpu";
import { normals, randomStream } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { gaussianGrid } from "../../src/grid/grid.js";
import { bandLimited } from "../../src/model/band-limit.js";
import { channelsLast } from "../../src/model/channel-order.js";
import { sphericalHarmonics } from "../../src/simulator/spherical-harmonics.js";

const grid = gaussianGrid(32, 64);
const noise = tf.tensor4d(normals(randomStream(1, "test/band-limit"), { draws: 2 * 2048 * 3 }), [2, 32, 64, 3]);
const largest = (x: tf.Tensor) => tf.max(tf.abs(x)).dataSync()[0]!;

test("a field of waves up to the limit stays, and what is beyond goes", () => {
  const harmonics = sphericalHarmonics(grid, 21);
  const draws = normals(randomStream(2, "test/band-limit"), { draws: 2 * harmonics.count });
  const coefficients = Float64Array.from(draws, (value, i) =>
    harmonics.orders[i >> 1] === 0 && i % 2 === 1 ? 0 : value,
  );
  const inside = tf.tensor4d(Float32Array.from(harmonics.synthesise(coefficients)), [1, 32, 64, 1]);
  expect(largest(tf.sub(bandLimited(inside, grid, 21), inside)) / largest(inside)).toBeLessThan(1e-5);
  const short = tf.tensor4d(
    Float32Array.from({ length: 2048 }, (_, at) => Math.cos((2 * Math.PI * 25 * (at % 64)) / 64)),
    [1, 32, 64, 1],
  );
  expect(largest(bandLimited(short, grid, 21))).toBeLessThan(1e-5);
});

test("it is a projection that leaves a share of white noise in keeping with the waves that it keeps", () => {
  const once = bandLimited(noise, grid, 21);
  expect(largest(tf.sub(bandLimited(once, grid, 21), once))).toBeLessThan(1e-4);
  const area = tf.tensor4d(
    channelsLast(
      Float32Array.from({ length: 2048 }, (_, at) => grid.areaWeights[at >> 6]!),
      1,
    ),
    [1, 32, 64, 1],
  );
  const energy = tf.mean(tf.mul(tf.square(once), area)).dataSync()[0]!;
  // 22 squared of 32 x 64 degrees of freedom, but for the weights of the rows.
  expect(energy).toBeGreaterThan(0.15);
  expect(energy).toBeLessThan(0.3);
});

test("a grid that the waves do not fit is refused", () => {
  expect(() => bandLimited(noise, grid, 32)).toThrow(/Gaussian grid of more than 32 rows and 64 columns/);
});
