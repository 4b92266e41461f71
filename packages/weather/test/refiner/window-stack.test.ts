import "@tensorflow/tfjs-backend-cpu";
import { mapTree } from "@nextscale/engine";
import {
  initialiser,
  initSharedModulation,
  isHostTensor,
  normals,
  parameterNormals,
  randomStream,
  sharedModulation,
  type HostTensor,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { DISPLACEMENT_FEATURES, displacements } from "../../src/refiner/displacement.js";
import { windowStack } from "../../src/refiner/window-stack.js";

const grid = { latitudes: [-60, -20, 20, 60], longitudes: [0, 45, 90, 135, 180, 225, 270, 315] };
const config = { width: 8, heads: 2, expansion: 2, depth: 3, gateInit: 1, grid };
const toTensors = <T>(host: T): never =>
  mapTree(host as never, isHostTensor, ({ data, shape }: HostTensor) => tf.tensor(data, [...shape])) as never;
const random = initialiser(parameterNormals(1));
const draws = (name: string, shape: number[]) =>
  tf.tensor(normals(randomStream(1, name), { draws: shape.reduce((a, b) => a * b) }), shape);
const shared = sharedModulation(
  toTensors(initSharedModulation(random.at("modulation"), 8, 1)),
  draws("condition", [1, 8]),
);
const tokens = draws("tokens", [1, 32, 8]);
/** Tokens with the first columns moved behind the others. */
const turned = (x: tf.Tensor, columns: number) =>
  tf.concat([tf.slice(x, [0, 4 * columns, 0]), tf.slice(x, [0, 0, 0], [1, 4 * columns, 8])], 1);
const difference = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;

describe("displacements", () => {
  const features = displacements(grid);
  const at = (i: number, j: number) => [...features.subarray((i * 32 + j) * DISPLACEMENT_FEATURES, (i * 32 + j + 1) * DISPLACEMENT_FEATURES)]; // prettier-ignore

  test("a place is nowhere from itself, and distances are the same both ways", () => {
    expect(at(5, 5)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(at(3, 17)[3]).toBeCloseTo(at(17, 3)[3]!, 5);
  });

  test("east is east across the seam, and north is north", () => {
    // Columns 0 and 7 are neighbours: the last lies 45 degrees west of the first.
    const [east, north] = at(1, 7 * 4 + 1);
    expect(east).toBeCloseTo(-at(1, 4 + 1)[0]!, 5);
    expect(east).toBeLessThan(0);
    expect(at(1, 2)[1]).toBeGreaterThan(0);
    expect(Math.abs(north!)).toBeLessThan(Math.abs(east!));
  });
});

describe("a stack of windows", () => {
  test("does not know where the globe begins: turned by a window, it gives the same, turned", () => {
    const stack = windowStack({ ...config, windowColumns: 4 });
    const params = toTensors(stack.init(random.at("stack")));
    const apply = (x: tf.Tensor) => stack.apply(params, x, shared);
    expect(difference(apply(turned(tokens, 4)), turned(apply(tokens), 4))).toBeLessThan(1e-5);
    // The control: windows have borders, so any other turn is another function.
    expect(difference(apply(turned(tokens, 1)), turned(apply(tokens), 1))).toBeGreaterThan(1e-3);
  });

  test("one window on the whole globe may be turned by any column", () => {
    const stack = windowStack({ ...config, windowColumns: 8 });
    const params = toTensors(stack.init(random.at("stack")));
    const apply = (x: tf.Tensor) => stack.apply(params, x, shared);
    expect(difference(apply(turned(tokens, 3)), turned(apply(tokens), 3))).toBeLessThan(1e-5);
  });

  test("half-moved windows let every column reach every other", () => {
    const stack = windowStack({ ...config, windowColumns: 4 });
    const params = toTensors(stack.init(random.at("stack")));
    const apply = (x: tf.Tensor) => stack.apply(params, x, shared);
    const poked = tf.concat([tf.add(tf.slice(tokens, [0, 0, 0], [1, 1, 8]), 5), tf.slice(tokens, [0, 1, 0])], 1);
    const changes = tf.max(tf.abs(tf.sub(apply(poked), apply(tokens))), -1).dataSync();
    const byColumn = Array.from({ length: 8 }, (_, column) =>
      Math.max(...changes.subarray(4 * column, 4 * column + 4)),
    );
    byColumn.forEach((change) => expect(change).toBeGreaterThan(0));
  });
});
