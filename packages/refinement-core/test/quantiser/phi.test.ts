import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { applyPhi, initPhi, phiIndex, phiNormals, phiTypes, type Phi } from "../../src/quantiser/phi.js";
import { normals } from "../../src/random/distributions.js";
import { randomStream } from "../../src/random/stream.js";
import { initialiser, parameterTypes, SHAPES_ONLY } from "../../src/refiner/parameters.js";
import { onCpu } from "../support/cpu.js";
import { largestDifference, randomTensor, toTensors } from "../support/tensors.js";

onCpu();

const table = (scales: number, count: number) => Array.from({ length: scales }, (_, k) => phiIndex(k, scales, count));

test("scales share phis as in VAR", () => {
  expect(table(10, 4)).toEqual([0, 0, 1, 1, 1, 2, 2, 3, 3, 3]);
  expect(table(5, 4)).toEqual([0, 1, 2, 2, 3]);
});

test("a single scale, a single phi and a phi for each scale are no special cases", () => {
  expect(table(1, 4)).toEqual([0]);
  expect(table(6, 1)).toEqual([0, 0, 0, 0, 0, 0]);
  for (const count of [2, 3, 5, 7]) expect(table(count, count)).toEqual(Array.from({ length: count }, (_, k) => k));
});

test("finer scales never use an earlier phi, and all phis are used where there are scales enough", () => {
  for (let count = 1; count <= 8; count++) {
    for (let scales = 1; scales <= 20; scales++) {
      const indices = table(scales, count);
      expect(indices.every((index, k) => k === 0 || index >= indices[k - 1]!)).toBe(true);
      if (scales >= 2 * count) expect(new Set(indices).size).toBe(count);
    }
  }
});

test("a phi mixes a convolution into its input", () => {
  const grid = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
  const kernel = tf.tensor4d([0, 0, 0, 0, 0, 1, 0, 0, 0], [3, 3, 1, 1]);
  const phi: Phi<tf.Tensor> = { kernel, bias: tf.tensor1d([10]) };
  // The kernel takes the right neighbour, 0 beyond the border.
  expect([...applyPhi(phi, grid).dataSync()]).toEqual([1, 2, 3, 4].map((x, i) => x / 2 + ([2, 0, 4, 0][i]! + 10) / 2));
});

test("phis start near the identity, each with noise of its own", () => {
  const host = initPhi(initialiser(phiNormals(randomStream(1, "phi"))), 2, 4);
  const grid = randomTensor("grid", [2, 5, 5, 4]);
  for (const phi of toTensors(host)) {
    const change = largestDifference(applyPhi(phi, grid), grid);
    expect(change).toBeGreaterThan(0.001);
    expect(change).toBeLessThan(0.3);
  }
  expect(host[0]!.kernel.data).not.toEqual(host[1]!.kernel.data);
  expect(host.map(({ kernel, bias }) => [kernel.shape, bias.shape])).toEqual(
    phiTypes(2, 4).map(({ kernel, bias }) => [kernel.shape, bias.shape]),
  );
});

test("initial phis are those of the stream they always came from, item by item", () => {
  const stream = randomStream(7, "phi");
  initPhi(initialiser(phiNormals(stream)), 3, 2).forEach(({ kernel, bias }, item) => {
    const expected = normals(stream, { items: [item], draws: 36 }).map((z) => 0.01 * z);
    for (const at of [16, 19]) expected[at]! += 1;
    expect(kernel.data).toEqual(expected);
    expect([...bias.data]).toEqual([0, 0]);
  });
});

test("types of phis cost nothing, however large", () => {
  const types = parameterTypes(initPhi(initialiser(SHAPES_ONLY), 4, 2 ** 20));
  expect(types).toEqual(phiTypes(4, 2 ** 20));
});
