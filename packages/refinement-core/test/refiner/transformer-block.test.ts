import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { FORBIDDEN } from "../../src/refiner/attention.js";
import { initSharedModulation, sharedModulation } from "../../src/refiner/modulation.js";
import { initialiser, parameterNormals } from "../../src/refiner/parameters.js";
import { applyBlock, initBlock } from "../../src/refiner/transformer-block.js";
import { onCpu } from "../support/cpu.js";
import { largestDifference, randomTensor, toTensors } from "../support/tensors.js";

onCpu();

const config = { width: 8, heads: 2, expansion: 2, depth: 1, gateInit: 1 };
const random = initialiser(parameterNormals(3));
const block = toTensors(initBlock(random.at("block"), config));
const modulation = toTensors(initSharedModulation(random.at("modulation"), config.width, 1));

test("attention in windows is attention with all other windows forbidden", () => {
  const [items, windows, sites] = [2, 3, 4];
  const x = randomTensor("x", [items, windows * sites, config.width]);
  const shared = sharedModulation(modulation, randomTensor("condition", [items, config.width]));
  const window = (site: number) => Math.floor(site / sites);
  const mask = tf.tensor2d(
    Array.from({ length: (windows * sites) ** 2 }, (_, at) => {
      const [i, j] = [Math.floor(at / (windows * sites)), at % (windows * sites)];
      return window(i) === window(j) ? 0 : FORBIDDEN;
    }),
    [windows * sites, windows * sites],
  );
  const windowed = applyBlock(block, config.heads, { x, shared, windows }).x;
  expect(largestDifference(windowed, applyBlock(block, config.heads, { x, shared, bias: mask }).x)).toBeLessThan(1e-5);
  // The control: without windows it is another function.
  expect(largestDifference(windowed, applyBlock(block, config.heads, { x, shared }).x)).toBeGreaterThan(1e-3);
});

test("attention within groups of unlike sizes is attention with all other groups forbidden", () => {
  const groups = [1, 4, 2];
  const groupOf = groups.flatMap((sites, group) => Array.from({ length: sites }, () => group));
  const sites = groupOf.length;
  const x = randomTensor("x", [2, sites, config.width]);
  const shared = sharedModulation(modulation, randomTensor("condition", [2, config.width]));
  const mask = groupOf.flatMap((own) => groupOf.map((other) => (own === other ? 0 : FORBIDDEN)));
  const grouped = applyBlock(block, config.heads, { x, shared, groups }).x;
  const masked = applyBlock(block, config.heads, { x, shared, bias: tf.tensor2d(mask, [sites, sites]) }).x;
  expect(largestDifference(grouped, masked)).toBeLessThan(1e-5);
  // Control: other groups are another function.
  expect(largestDifference(grouped, applyBlock(block, config.heads, { x, shared, groups: [2, 3, 2] }).x)).toBeGreaterThan(1e-3); // prettier-ignore
});
