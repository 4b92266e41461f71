import { flattenTree, isTensorType, sizeOf, softmaxCrossEntropy } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { gridGeometry, scaleOffsets } from "../../src/refiner/geometry.js";
import { categoricalHead, gaussianHead } from "../../src/refiner/head.js";
import {
  countParameters,
  initialiser,
  isHostTensor,
  parameterArrays,
  parameterNormals,
  parameterTypes,
  SHAPES_ONLY,
  type NormalSource,
} from "../../src/refiner/parameters.js";
import { withHead } from "../../src/refiner/refiner.js";
import {
  scaleTransformer,
  isHiddenMatrix,
  scaleTransformerDecays,
  type ScaleTransformerConfig,
} from "../../src/refiner/scale-transformer.js";
import { GRID_FEATURES } from "../../src/refiner/site-features.js";
import { onCpu } from "../support/cpu.js";
import { largestDifference, randomTensor, toTensors } from "../support/tensors.js";

onCpu();

const CODES = 16;
const ITEMS = 2;
const config: ScaleTransformerConfig = {
  scales: gridGeometry([
    [1, 1],
    [2, 2],
    [3, 3],
  ]),
  features: { ...GRID_FEATURES, positionOrder: 3 },
  contextChannels: 4,
  classes: 5,
  context: "prefix",
  width: 24,
  heads: 3,
  expansion: 4,
  depth: 2,
  // Large gates, so that what attention reads shows in the logits.
  gateInit: 1,
};

function make(changes: Partial<ScaleTransformerConfig> = {}) {
  const refiner = withHead(scaleTransformer({ ...config, ...changes }), categoricalHead(CODES));
  const params = toTensors(refiner.init(parameterNormals(1)));
  const contexts = refiner.scales.map(({ sites }, k) => randomTensor(`context${k}`, [ITEMS, sites, 4]));
  const labels = tf.tensor1d([3, refiner.nullClass], "int32");
  return { refiner, params, contexts, labels };
}

type Made = ReturnType<typeof make>;

function generate({ refiner, params, contexts, labels }: Made): tf.Tensor {
  let state = refiner.start(params, labels);
  const outputs = contexts.map((context, k) => {
    const next = refiner.applyScale(params, k, context, state);
    state = next.state;
    return next.output;
  });
  return tf.concat(outputs, 1);
}

function ofScale(logits: tf.Tensor, k: number, scales = config.scales): tf.Tensor {
  const offset = scaleOffsets(scales)[k] ?? 0;
  return tf.slice(logits, [0, offset, 0], [-1, scales[k]?.sites ?? 0, -1]);
}

describe.each(["prefix", "markov"] as const)("%s context", (context) => {
  test("scale by scale with the cache equals all scales at once under the mask", () => {
    const made = make({ context });
    const all = made.refiner.applyAll(made.params, made.contexts, made.labels);
    expect(all.shape).toEqual([ITEMS, 14, CODES]);
    const spread = tf.max(all).dataSync()[0] ?? 0;
    expect(largestDifference(generate(made), all)).toBeLessThan(1e-5 * Math.max(1, spread));
  });

  test("a change at a scale leaves every other scale that may not see it bit-identical", () => {
    const made = make({ context });
    const before = made.refiner.applyAll(made.params, made.contexts, made.labels);
    const changed = made.contexts.map((x, k) => (k === 1 ? tf.add(x, 1) : x));
    const after = made.refiner.applyAll(made.params, changed, made.labels);
    const difference = (k: number): number => largestDifference(ofScale(before, k), ofScale(after, k));
    expect(difference(0)).toBe(0);
    expect(difference(1)).toBeGreaterThan(1e-6);
    if (context === "prefix") expect(difference(2)).toBeGreaterThan(1e-6);
    else expect(difference(2)).toBe(0);
  });
});

test("generation with the cache leaves nothing of the prefix in a Markov refiner", () => {
  const made = make({ context: "markov" });
  const state = made.refiner.start(made.params, made.labels);
  const context = made.contexts[2] as tf.Tensor;
  const alone = made.refiner.applyScale(made.params, 2, context, state).output;
  const first = made.refiner.applyScale(made.params, 0, made.contexts[0] as tf.Tensor, state);
  expect(largestDifference(made.refiner.applyScale(made.params, 2, context, first.state).output, alone)).toBe(0);
});

test("items of a batch do not see each other", () => {
  const made = make();
  const all = made.refiner.applyAll(made.params, made.contexts, made.labels);
  const second = made.refiner.applyAll(
    made.params,
    made.contexts.map((x) => tf.slice(x, [1, 0, 0], [1, -1, -1])),
    tf.slice(made.labels, [1], [1]),
  );
  expect(largestDifference(tf.slice(all, [1, 0, 0], [1, -1, -1]), second)).toBeLessThan(1e-6);
});

test("the class label reaches every scale", () => {
  const made = make({ context: "markov" });
  const other = made.refiner.applyAll(made.params, made.contexts, tf.tensor1d([1, 1], "int32"));
  const all = made.refiner.applyAll(made.params, made.contexts, made.labels);
  for (const k of [0, 1, 2]) expect(largestDifference(ofScale(all, k), ofScale(other, k))).toBeGreaterThan(1e-6);
});

test("an untrained head costs ln V per code", () => {
  const { refiner, params, contexts, labels } = make({ gateInit: 1e-3 });
  const logits = tf.reshape(refiner.applyAll(params, contexts, labels), [-1, CODES]);
  const codes = tf.tensor1d(
    Array.from({ length: ITEMS * 14 }, (_, i) => (i * 7) % CODES),
    "int32",
  );
  const loss = tf.mean(softmaxCrossEntropy(logits, codes)).dataSync()[0] ?? 0;
  expect(Math.abs(loss - Math.log(CODES))).toBeLessThan(0.01);
});

test("the same parameters serve another schedule, and a shared prefix of relative sizes gives the same logits", () => {
  const made = make();
  // Grids of the same relative sizes 1/3, 2/3 without the finest one.
  const shorter = withHead(scaleTransformer({ ...config, scales: config.scales.slice(0, 2) }), categoricalHead(CODES));
  const some = shorter.applyAll(made.params, made.contexts.slice(0, 2), made.labels);
  const all = made.refiner.applyAll(made.params, made.contexts, made.labels);
  expect(largestDifference(some, tf.slice(all, [0, 0, 0], [-1, 5, -1]))).toBeLessThan(1e-6);
  const longer = withHead(
    scaleTransformer({
      ...config,
      scales: gridGeometry([
        [1, 1],
        [2, 2],
        [3, 3],
        [5, 4],
      ]),
    }),
    categoricalHead(CODES),
  );
  const contexts = longer.scales.map(({ sites }, k) => randomTensor(`longer${k}`, [ITEMS, sites, 4]));
  expect(longer.applyAll(made.params, contexts, made.labels).shape).toEqual([ITEMS, 34, CODES]);
});

test("one scale alone needs no mask and agrees with generation", () => {
  const made = make({ scales: gridGeometry([[3, 3]]) });
  const all = made.refiner.applyAll(made.params, made.contexts, made.labels);
  expect(largestDifference(generate(made), all)).toBeLessThan(1e-6);
});

test("a Gaussian head gives a mean and a log deviation per channel", () => {
  const refiner = withHead(scaleTransformer(config), gaussianHead(4));
  const { contexts, labels } = make();
  const output = refiner.applyAll(toTensors(refiner.init(parameterNormals(1))), contexts, labels);
  expect(output.mean.shape).toEqual([ITEMS, 14, 4]);
  expect(output.logDeviation.shape).toEqual([ITEMS, 14, 4]);
});

test("a parameter's initial value depends on its path alone", () => {
  const deep = scaleTransformer({ ...config, depth: 3 }).init(initialiser(parameterNormals(1)));
  const shallow = scaleTransformer(config).init(initialiser(parameterNormals(1)));
  expect(deep.blocks[1]?.attention.query.weight).toEqual(shallow.blocks[1]?.attention.query.weight);
  expect(deep.blocks[1]?.attention.query.weight.data).not.toEqual(deep.blocks[0]?.attention.query.weight.data);
  expect(scaleTransformer(config).init(initialiser(parameterNormals(2))).context).not.toEqual(shallow.context);
});

test("parameters are listed by path with their shapes", () => {
  const host = withHead(scaleTransformer(config), categoricalHead(CODES)).init(parameterNormals(1));
  const types = flattenTree(parameterTypes(host), isTensorType);
  const paths = types.map(([path]) => path);
  expect(types.map(([path, type]) => [`p/${path}`, sizeOf(type.shape)])).toEqual(
    Object.entries(parameterArrays(host, "p")).map(([name, data]) => [name, data.length]),
  );
  expect(paths).toContain("trunk/blocks/1/attention/query/weight");
  expect(paths).toContain("head/bias");
  expect(new Set(paths).size).toBe(paths.length);
  expect(isHostTensor(host.head.bias)).toBe(true);
  const perBlock = 4 * 24 * 24 + 3 * 24 + 3 + 2 * 24 * 96 + 96 + 24 + 6 * 24;
  const features = 8 + 9 - 1;
  const shared = 4 * 24 + features * 24 + 6 * 24 + 8 * (24 * 24 + 24);
  expect(countParameters(host)).toBe(2 * perBlock + shared + 24 * CODES + CODES);
});

test("what a refiner consists of can be asked without making it", () => {
  const shapes = (source: NormalSource) =>
    parameterTypes(withHead(scaleTransformer(config), categoricalHead(CODES)).init(source));
  expect(shapes(SHAPES_ONLY)).toEqual(shapes(parameterNormals(1)));
  const huge = scaleTransformer({ ...config, width: 2 ** 20, depth: 200, heads: 1 }).init(initialiser(SHAPES_ONLY));
  expect(parameterTypes(huge).context.shape).toEqual([config.contextChannels, 2 ** 20]);
});

test("a width that the heads do not divide is refused", () => {
  expect(() => scaleTransformer({ ...config, heads: 5 })).toThrow(/heads/);
});

test("contexts that do not fit the scales are refused", () => {
  const { refiner, params, contexts, labels } = make();
  expect(() => refiner.applyAll(params, contexts.slice(0, 2), labels)).toThrow(/scale 2/);
  expect(() => refiner.applyAll(params, [...contexts].reverse(), labels)).toThrow(/\[B, 1, 4\]/);
  const state = refiner.start(params, labels);
  expect(() => refiner.applyScale(params, 1, contexts[2] as tf.Tensor, state)).toThrow(/\[B, 4, 4\]/);
  expect(() => refiner.applyScale(params, 3, contexts[2] as tf.Tensor, state)).toThrow(/0\.\.2/);
});

test("weights decay, biases and embeddings of place do not", () => {
  const types = parameterTypes(withHead(scaleTransformer(config), categoricalHead(CODES)).init(parameterNormals(1)));
  const decayed = flattenTree(types, isTensorType).filter(([path, type]) => scaleTransformerDecays(path, type));
  const names = decayed.map(([path]) => path);
  expect(names).toEqual(expect.arrayContaining(["trunk/class", "trunk/blocks/0/attention/key", "head/weight"]));
  expect(names.filter((name) => /bias|site|logScale/.test(name))).toEqual([]);
  const hidden = flattenTree(types, isTensorType).filter(([path, type]) => isHiddenMatrix(path, type));
  expect(hidden.length).toBe(6 * config.depth);
  expect(hidden.every(([path]) => /attention|feedForward/.test(path))).toBe(true);
});
