import "@tensorflow/tfjs-backend-cpu";
import { normals, randomStream } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { gaussianGrid } from "../../src/grid/grid.js";
import { bandLimited } from "../../src/model/band-limit.js";
import { responded } from "../../src/model/spectral-response.js";
import { sphericalHarmonics } from "../../src/simulator/spherical-harmonics.js";

const grid = gaussianGrid(32, 64);
const [TRUNCATION, CHANNELS] = [21, 3];
const noise = tf.tensor4d(normals(randomStream(1, "test/response"), { draws: 2 * 2048 * CHANNELS }), [
  2,
  32,
  64,
  CHANNELS,
]);
const largest = (x: tf.Tensor) => tf.max(tf.abs(x)).dataSync()[0]!;
const COUNT = TRUNCATION + 1;
const responseOf = (share: (m: number, n: number, channel: number) => number) =>
  tf.tensor3d(
    Float32Array.from({ length: COUNT ** 2 * CHANNELS }, (_, at) => {
      const [m, n] = [Math.floor(at / CHANNELS / COUNT), Math.floor(at / CHANNELS) % COUNT];
      return share(m, n, at % CHANNELS);
    }),
    [COUNT, COUNT, CHANNELS],
  );

test("keeping everything is the projection on the harmonics", () => {
  const kept = responded(
    noise,
    grid,
    responseOf(() => 1),
  );
  expect(largest(tf.sub(kept, bandLimited(noise, grid, TRUNCATION)))).toBeLessThan(1e-5);
});

test("each harmonic is multiplied by what is kept of it, of each channel by its own", () => {
  const harmonics = sphericalHarmonics(grid, TRUNCATION);
  const coefficients = (field: tf.Tensor) => {
    const data = field.dataSync();
    return Array.from({ length: CHANNELS }, (_, c) =>
      harmonics.analyse(Float64Array.from({ length: 2048 }, (_, at) => data[at * CHANNELS + c]!)),
    );
  };
  const share = (m: number, n: number, channel: number) => Math.exp(-(n + 2 * m + channel) / 20);
  const [before, after] = [coefficients(noise), coefficients(responded(noise, grid, responseOf(share)))];
  before.forEach((all, c) =>
    all.forEach((value, at) => {
      const kept = share(harmonics.orders[at >> 1]!, harmonics.degrees[at >> 1]!, c);
      expect(after[c]![at]).toBeCloseTo(value * kept, 5);
    }),
  );
});

test("a grid that the waves do not fit is refused", () => {
  expect(() => responded(noise, grid, tf.ones([33, 33, CHANNELS]))).toThrow(/more than 32 rows and 64 columns/);
});
