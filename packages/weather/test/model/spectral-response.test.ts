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
const responseOf = (share: (n: number, channel: number) => number) =>
  tf.tensor2d(
    Float32Array.from({ length: (TRUNCATION + 1) * CHANNELS }, (_, at) =>
      share(Math.floor(at / CHANNELS), at % CHANNELS),
    ),
    [TRUNCATION + 1, CHANNELS],
  );

test("keeping everything is the projection on the harmonics", () => {
  const kept = responded(
    noise,
    grid,
    responseOf(() => 1),
  );
  expect(largest(tf.sub(kept, bandLimited(noise, grid, TRUNCATION)))).toBeLessThan(1e-5);
});

test("the power of each total wavenumber falls by the square of what is kept, of each channel by its own", () => {
  const harmonics = sphericalHarmonics(grid, TRUNCATION);
  const spectra = (field: tf.Tensor) => {
    const data = field.dataSync();
    return Array.from({ length: CHANNELS }, (_, c) =>
      harmonics.powerSpectrum(
        harmonics.analyse(Float64Array.from({ length: 2048 }, (_, at) => data[at * CHANNELS + c]!)),
      ),
    );
  };
  const share = (n: number, channel: number) => Math.exp(-(n + channel) / 10);
  const [before, after] = [spectra(noise), spectra(responded(noise, grid, responseOf(share)))];
  before.forEach((spectrum, c) =>
    spectrum.forEach((power, n) => expect(after[c]![n]! / power).toBeCloseTo(share(n, c) ** 2, 4)),
  );
});

test("a grid that the waves do not fit is refused", () => {
  expect(() => responded(noise, grid, tf.ones([33, CHANNELS]))).toThrow(/more than 32 rows and 64 columns/);
});
