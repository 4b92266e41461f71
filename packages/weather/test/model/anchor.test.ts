import "@tensorflow/tfjs-backend-cpu";
import { normals, randomStream } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { regionalGrid } from "../../src/grid/grid.js";
import { anchored, byUnseen } from "../../src/model/anchor.js";
import { coordinatesOf, fromCoordinates } from "../../src/model/components.js";
import { fitComponents } from "../../src/training/fit-components.js";

const grid = regionalGrid([40, 45, 50, 55], [0, 5, 10, 15]);
const [COUNT, SIZE] = [3, 4 * 4 * 2];
const draws = (name: string, count: number) => normals(randomStream(1, `test/anchor/${name}`), { draws: count });
const layout = { grid, channels: ["z500", "t850"] };
const components = tf.tensor2d(fitComponents(draws("states", 100 * SIZE), layout, COUNT).components, [COUNT, SIZE]);
const perChange = tf.tensor1d([1.5, 2.5]);
const stateOf = (name: string) => tf.tensor4d(draws(name, 2 * SIZE), [2, 4, 4, 2]);
const pair = { previous: stateOf("previous"), current: stateOf("current") };
const largest = (x: tf.Tensor) => tf.max(tf.abs(x)).dataSync()[0]!;

/** A law of the coordinates: next = pull * current + push * (current - previous), as weights of the expected change. */
function lawOf(pull: number, push: number): tf.Tensor {
  // Changes are counted in units of 2, the mean of `perChange`.
  const eye = tf.eye(COUNT);
  return tf.expandDims(tf.concat([tf.mul(eye, 2 * (pull - 1)), tf.mul(eye, push), tf.zeros([1, COUNT])], 0), 0);
}
const expected = (pull: number, push: number) => {
  const [before, now] = [pair.previous, pair.current].map((field) => coordinatesOf(field, components, grid));
  const next = tf.add(tf.mul(now!, pull), tf.mul(tf.sub(now!, before!), push));
  return fromCoordinates(next, components, [4, 4, 2]);
};

test("a regression of components expects what its law says, made of components alone", () => {
  const weights = { perChange, regression: [lawOf(0.8, 0.3)], components: [components] };
  const { anchor, known } = anchored({ kind: "component-ridge" }, grid, weights, pair);
  expect(largest(tf.sub(anchor, expected(0.8, 0.3)))).toBeLessThan(1e-5);
  const [current, change, growth] = known;
  const kept = fromCoordinates(coordinatesOf(pair.current, components, grid), components, [4, 4, 2]);
  expect(largest(tf.sub(current!, kept))).toBeLessThan(1e-5);
  expect(largest(tf.sub(growth!, tf.mul(tf.sub(anchor, kept), perChange)))).toBeLessThan(1e-4);
  expect(change!.shape).toEqual([2, 4, 4, 2]);
});

test("of two laws each item gets the one that has not seen it", () => {
  const both = tf.concat([lawOf(0.8, 0.3), lawOf(0.2, 0)], 2);
  const fold = tf.tensor4d([0, 1], [2, 1, 1, 1]);
  const weights = { perChange, regression: [both], components: [components] };
  const { anchor } = anchored({ kind: "component-ridge" }, grid, weights, pair, (all) => byUnseen(all, fold));
  const item = (x: tf.Tensor, i: number) => tf.slice(x, [i], [1]);
  expect(largest(tf.sub(item(anchor, 0), item(expected(0.8, 0.3), 0)))).toBeLessThan(1e-5);
  expect(largest(tf.sub(item(anchor, 1), item(expected(0.2, 0), 1)))).toBeLessThan(1e-5);
});
