import { formatProgram, trace, type NamedArrays } from "@nextscale/engine";
import { openEngine } from "@nextscale/engine/node";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { codeNats, sumByScale } from "../../src/likelihood/code-nll.js";
import { randomStream } from "../../src/random/stream.js";
import { parameterArrays, parameterTypes } from "../../src/refiner/parameters.js";
import { samplingControls, type SamplingOptions } from "../../src/sampling/controls.js";
import { generate, generationNoise, generationTypes } from "../../src/sampling/generate.js";
import { refinerPredictions } from "../../src/sampling/predict.js";
import { teacherForced } from "../../src/sampling/teacher-forcing.js";
import { given } from "../../src/walk/given.js";
import { scored } from "../../src/walk/scored.js";
import { walk } from "../../src/walk/walk.js";
import { onCpu } from "../support/cpu.js";
import { largestDifference, toTensors } from "../support/tensors.js";
import { toyModel } from "./toy-model.js";

onCpu();

const CODES = 5;
const STREAM = randomStream(11, "sampling");

function noise(items: number, codes = CODES, first = 0): Float32Array[] {
  return [...generationNoise(STREAM, { first, count: items }, [{ sites: 1 }, { sites: 4 }], codes)];
}

function sample(
  model: ReturnType<typeof toyModel>,
  labels: number[],
  options: SamplingOptions = {},
  uniform = noise(labels.length),
) {
  const codes = (uniform[0]?.length ?? 0) / labels.length;
  const { plan, controls } = samplingControls(options, 2, codes);
  return generate(
    { ...model, plan },
    {
      params: toTensors(model.host),
      start: model.start(labels.length),
      labels: tf.tensor1d(labels, "int32"),
      uniform: uniform.map((data, k) => tf.tensor(data, [labels.length, k === 0 ? 1 : 4, codes])),
      controls: {
        temperature: tf.tensor1d(controls.temperature),
        ...(controls.guidance === undefined ? {} : { guidance: tf.tensor1d(controls.guidance) }),
        ...(controls.topP === undefined ? {} : { topP: tf.tensor1d(controls.topP) }),
      },
    },
  );
}

const codesOf = (visits: ReturnType<typeof sample>): number[][] => visits.map(({ codes }) => [...codes.dataSync()]);

describe.each(["prefix", "markov"] as const)("a model with %s context", (context) => {
  const model = toyModel(CODES, context);

  test("generates codes in the form of each scale's grid and a state that is their sum", () => {
    const visits = sample(model, [0, 1, 2]);
    expect(visits.map(({ codes }) => codes.shape)).toEqual([
      [3, 1, 1],
      [3, 2, 2],
    ]);
    const sum = visits.reduce((total, { value }) => tf.add(total, value), model.start(3));
    expect(largestDifference(visits[1]?.state as tf.Tensor, sum)).toBeLessThan(1e-6);
  });

  test("draws from the logits that teacher forcing on the drawn codes gives", () => {
    const visits = sample(model, [0, 1, 2]);
    const logits = teacherForced(model, {
      params: toTensors(model.host),
      start: model.start(3),
      codes: visits.map(({ codes }) => codes),
      labels: tf.tensor1d([0, 1, 2], "int32"),
    });
    const drawn = tf.concat(
      visits.map(({ prediction }) => tf.reshape(prediction, [3, -1, CODES])),
      1,
    );
    expect(largestDifference(drawn, logits)).toBeLessThan(1e-5);
  });

  test("scores scale by scale what it scores in parallel", () => {
    const codes = sample(model, [0, 1, 2]).map((visit) => visit.codes);
    const labels = tf.tensor1d([0, 1, 2], "int32");
    const params = toTensors(model.host);
    const policy = scored(
      given<tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor>(model.quantiser, codes),
      refinerPredictions(model.refiner, params, labels),
      (_index, logits, drawn: tf.Tensor) => {
        const sites = drawn.size / 3;
        return tf.sum(codeNats(tf.reshape(logits, [3, sites, CODES]), tf.reshape(drawn, [3, sites])), 1);
      },
    );
    const scores = [...walk(model.scales, model.start(3), policy)].map((visit) => visit.logProbability);
    const logits = teacherForced(model, { params, start: model.start(3), codes, labels });
    const flat = tf.concat(
      codes.map((drawn) => tf.reshape(drawn, [3, -1])),
      1,
    );
    expect(largestDifference(tf.stack(scores, 1), sumByScale(codeNats(logits, flat), model.geometry))).toBeLessThan(
      1e-5,
    );
  });
});

const model = toyModel(CODES, "prefix");

test("an item's sample does not depend on its batch", () => {
  const all = codesOf(sample(model, [0, 1, 2, 1]));
  const some = codesOf(sample(model, [1, 2], {}, noise(2, CODES, 1)));
  expect(some[0]).toEqual(all[0]?.slice(1, 3));
  expect(some[1]).toEqual(all[1]?.slice(4, 12));
});

test("guidance at strength 1 is the conditional sampler, and strength without a class to tell changes nothing", () => {
  const labels = Array.from({ length: 40 }, (_, i) => i % 3);
  const plain = codesOf(sample(model, labels));
  // A ramp of length 2 is 1 at the coarsest scale whatever the strength; constant guidance is not.
  const guided = codesOf(sample(model, labels, { guidanceScale: 6, guidanceRamp: "constant" }));
  expect(guided).not.toEqual(plain);
  expect(codesOf(sample(model, labels, { guidanceScale: 6 }))[0]).toEqual(plain[0]);
  expect(codesOf(sample(model, labels, { guidanceScale: 1 + 1e-7 }))).toEqual(plain);
  const unconditional = labels.map(() => model.refiner.nullClass);
  expect(codesOf(sample(model, unconditional, { guidanceScale: 6 }))).toEqual(codesOf(sample(model, unconditional)));
});

test("drawn codes have the frequencies that the likelihood gives them", () => {
  const binary = toyModel(2, "prefix");
  const count = 2000;
  const visits = sample(binary, new Array<number>(count).fill(1), {}, noise(count, 2));
  const [base = [], fine = []] = codesOf(visits);
  const observed = new Float64Array(32);
  for (let item = 0; item < count; item++) {
    const index = [base[item], ...fine.slice(4 * item, 4 * item + 4)].reduce<number>(
      (n, bit, j) => n + ((bit ?? 0) << j),
      0,
    );
    observed[index] = (observed[index] ?? 0) + 1;
  }
  const sequences = Array.from({ length: 32 }, (_, n) => Array.from({ length: 5 }, (_, j) => (n >> j) & 1));
  const codes = tf.tensor2d(sequences, [32, 5], "int32");
  const logits = teacherForced(binary, {
    params: toTensors(binary.host),
    start: binary.start(32),
    codes: [
      tf.reshape(tf.slice(codes, [0, 0], [-1, 1]), [32, 1, 1]),
      tf.reshape(tf.slice(codes, [0, 1], [-1, 4]), [32, 2, 2]),
    ],
    labels: tf.fill([32], 1, "int32"),
  });
  const probabilities = Float64Array.from(tf.neg(tf.sum(codeNats(logits, codes), 1)).dataSync(), Math.exp);
  expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  const statistic = (expected: Float64Array): number =>
    expected.reduce((sum, p, i) => sum + ((observed[i] ?? 0) - count * p) ** 2 / (count * p), 0);
  // 99.9 % quantile of chi-square with 31 degrees of freedom.
  expect(statistic(probabilities)).toBeLessThan(61.1);
  expect(statistic(new Float64Array(32).fill(1 / 32))).toBeGreaterThan(61.1);
});

describe("as one program", () => {
  const ITEMS = 3;
  const signature = (options: SamplingOptions) => {
    const { plan, controls } = samplingControls(options, 2, CODES);
    const types = generationTypes(plan, model.geometry, ITEMS, CODES);
    const program = trace(
      (inputs) => {
        const visits = generate({ ...model, plan }, { ...inputs, start: model.start(ITEMS) });
        return { codes: visits.map(({ codes }) => codes), state: visits[1]?.state as tf.Tensor };
      },
      { params: parameterTypes(model.host), ...types },
    );
    return { program, controls };
  };

  test("a plan without guidance computes nothing for the null class, and one without cuts sorts nothing", () => {
    const plain = signature({}).program;
    const doubled = (program: typeof plain): boolean =>
      [...program.types.values()].some(({ shape }) => shape.join() === `${2 * ITEMS},4,${CODES}`);
    const sorts = (program: typeof plain): boolean => program.nodes.some((node) => node.op === "TopK");
    expect([doubled(plain), sorts(plain)]).toEqual([false, false]);
    expect(doubled(signature({ guidanceScale: 2 }).program)).toBe(true);
    expect(sorts(signature({ topK: 2 }).program)).toBe(true);
    expect(sorts(signature({ topP: 0.9 }).program)).toBe(true);
  });

  test("temperature, guidance and top-p are inputs: one program serves all their values", () => {
    const text = (options: SamplingOptions): string => formatProgram(signature(options).program);
    expect(text({ temperature: 0.7, guidanceScale: 2, topP: 0.9 })).toBe(
      text({ temperature: 0.2, guidanceScale: 5, topP: 0.5 }),
    );
  });

  test.each<SamplingOptions>([{}, { temperature: [0.5, 0.8], guidanceScale: 3, topK: 4, topP: 0.9 }])(
    "ONNX Runtime draws what tfjs draws: %o",
    async (options) => {
      const { program, controls } = signature(options);
      const params = parameterArrays(model.host, "params");
      const labels = [0, 2, 1];
      const inputs: Record<string, NamedArrays[string]> = { ...params, labels: Int32Array.from(labels) };
      noise(ITEMS).forEach((data, k) => (inputs[`uniform/${k}`] = data));
      for (const [name, data] of Object.entries(controls)) inputs[`controls/${name}`] = data as Float32Array;
      const engine = await openEngine("onnxruntime-node/cpu");
      const executable = await engine.compile(program);
      const outputs = await executable.run(inputs);
      const eager = sample(model, labels, options);
      expect([outputs["codes/0"], outputs["codes/1"]].map((codes) => [...(codes ?? [])])).toEqual(codesOf(eager));
      const state = tf.tensor(outputs["state"] as Float32Array, [ITEMS, 2, 2, 2]);
      expect(largestDifference(state, eager[1]?.state as tf.Tensor)).toBeLessThan(1e-5);
      await executable.close();
      await engine.close();
    },
  );
});

test("controls that are not the plan's are refused", () => {
  const { plan } = samplingControls({ guidanceScale: 2 }, 2, CODES);
  const inputs = {
    params: toTensors(model.host),
    start: model.start(1),
    labels: tf.tensor1d([0], "int32"),
    uniform: [tf.fill([1, 1, CODES], 0.5), tf.fill([1, 4, CODES], 0.5)],
    controls: { temperature: tf.tensor1d([1, 1]) },
  };
  expect(() => generate({ ...model, plan }, inputs)).toThrow(/guidance/);
});
