import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { gridGeometry } from "../../src/refiner/geometry.js";
import { categoricalHead } from "../../src/refiner/head.js";
import { parameterNormals } from "../../src/refiner/parameters.js";
import { withScaleHeads } from "../../src/refiner/scale-heads.js";
import { scaleTransformer } from "../../src/refiner/scale-transformer.js";
import { GRID_FEATURES } from "../../src/refiner/site-features.js";
import { onCpu } from "../support/cpu.js";
import { largestDifference, randomTensor, toTensors } from "../support/tensors.js";

onCpu();

const SIDES = [1, 2, 3];
const CODES = 7;
const trunk = scaleTransformer({
  scales: gridGeometry(SIDES.map((side) => [side, side] as const)),
  features: GRID_FEATURES,
  contextChannels: 3,
  classes: 4,
  context: "prefix",
  width: 16,
  heads: 2,
  expansion: 2,
  depth: 2,
  gateInit: 1,
});
const refiner = withScaleHeads(trunk, categoricalHead(CODES));
const host = refiner.init(parameterNormals(3));
const contexts = () => SIDES.map((side, k) => randomTensor(`context ${k}`, [2, side * side, 3]));
const labels = () => tf.tensor1d([1, 4], "int32");

test("all scales at once and one after the other give the same logits", () => {
  const params = toTensors(host);
  const all = refiner.applyAll(params, contexts(), labels());
  expect(all.shape).toEqual([2, 14, CODES]);
  let state = refiner.start(params, labels());
  const outputs = contexts().map((context, k) => {
    const next = refiner.applyScale(params, k, context, state);
    state = next.state;
    return next.output;
  });
  expect(largestDifference(tf.concat(outputs, 1), all)).toBeLessThan(1e-5);
});

test("a head serves its own scale alone, and each starts with draws of its own", () => {
  const before = refiner.applyAll(toTensors(host), contexts(), labels());
  const heads = host.heads.map((head, k) => (k === 1 ? { ...head, bias: { shape: [CODES], data: new Float32Array(CODES).fill(5) } } : head)); // prettier-ignore
  const after = refiner.applyAll(toTensors({ ...host, heads }), contexts(), labels());
  const changed = Array.from(tf.max(tf.abs(tf.sub(after, before)), [0, 2]).dataSync());
  expect(changed.map((difference) => difference > 1e-6)).toEqual(Array.from({ length: 14 }, (_, i) => i >= 1 && i < 5));
  expect(host.heads[0]!.weight.data).not.toEqual(host.heads[1]!.weight.data);
});
