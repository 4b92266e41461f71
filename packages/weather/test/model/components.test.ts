import "@tensorflow/tfjs-backend-cpu";
import { normals, randomStream } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { regionalGrid } from "../../src/grid/grid.js";
import { coordinatesOf, fromCoordinates } from "../../src/model/components.js";
import { observable, possibleState, truncated } from "../../src/model/possible-state.js";
import { fitComponents, statesOf } from "../../src/training/fit-components.js";

const grid = regionalGrid([30, 40, 50, 60], [0, 10, 20, 30, 40, 50]);
const [COUNT, SIZE, TIMES] = [5, 4 * 6 * 2, 200];
const layout = { grid, channels: ["z500", "t850"] };
const draws = (name: string, count: number) => normals(randomStream(1, `test/components/${name}`), { draws: count });

/** Five patterns with amplitudes of their own at every time, and a little of everything else. */
const patterns = draws("patterns", COUNT * SIZE);
const amplitudes = draws("amplitudes", TIMES * COUNT);
const states = draws("rest", TIMES * SIZE).map((rest, at) => {
  const [time, place] = [Math.floor(at / SIZE), at % SIZE];
  let value = 0.01 * rest;
  for (let k = 0; k < COUNT; k++) value += amplitudes[time * COUNT + k]! * patterns[k * SIZE + place]!;
  return value;
});
const fitted = fitComponents(states, layout, COUNT);
const components = tf.tensor2d(fitted.components, [COUNT, SIZE]);
const truncation = { truncation: { components: COUNT }, grid, components: [components] };
const fields = (values: Float32Array) => tf.tensor4d(values, [values.length / SIZE, 4, 6, 2]);
const largest = (x: tf.Tensor) => tf.max(tf.abs(x)).dataSync()[0]!;

test("coordinates come back from the fields that they stand for", () => {
  const coordinates = tf.tensor4d(draws("coordinates", 3 * COUNT), [3, 1, 1, COUNT]);
  const back = coordinatesOf(fromCoordinates(coordinates, components, [4, 6, 2]), components, grid);
  expect(largest(tf.sub(back, coordinates))).toBeLessThan(1e-5);
});

test("the fit's coordinates are those of the model, and hold nearly all of the data", () => {
  const own = coordinatesOf(fields(states), components, grid).dataSync();
  own.forEach((value, at) => expect(value).toBeCloseTo(fitted.coordinates[at]!, 3));
  const kept = statesOf(fitted);
  expect(Math.max(...kept.map((value, at) => Math.abs(value - states[at]!)))).toBeLessThan(0.1);
  // Negative control: with a pattern less it is not all there.
  const less = statesOf(fitComponents(states, layout, COUNT - 1));
  expect(Math.max(...less.map((value, at) => Math.abs(value - states[at]!)))).toBeGreaterThan(0.5);
});

test("truncation is a projection, orthogonal by area", () => {
  const noise = fields(draws("noise", 4 * SIZE));
  const once = truncated(truncation, noise);
  expect(largest(tf.sub(truncated(truncation, once), once))).toBeLessThan(1e-4);
  const areas = tf.tensor4d(Float32Array.from(grid.areaWeights), [1, 4, 1, 1]);
  const product = tf.sum(tf.mul(tf.mul(once, tf.sub(noise, once)), areas)).dataSync()[0]!;
  expect(Math.abs(product)).toBeLessThan(1e-3);
  // Most of white noise is in patterns that the data does not have.
  expect(tf.mean(tf.square(once)).dataSync()[0]! / tf.mean(tf.square(noise)).dataSync()[0]!).toBeLessThan(0.3);
});

test("a state is possible within its patterns and limits; what is observed keeps its waves, but not what is no component", () => {
  const noise = fields(draws("state", 2 * SIZE));
  const limit = tf.fill([4, 6, 2], 0.1);
  expect(largest(possibleState(truncation, { limit, response: [] }, noise))).toBeCloseTo(0.1, 6);
  expect(largest(tf.sub(observable(truncation, noise), truncated(truncation, noise)))).toBe(0);
  expect(observable({ ...truncation, truncation: undefined }, noise)).toBe(noise);
});
