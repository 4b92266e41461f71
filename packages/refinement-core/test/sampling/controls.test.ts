import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { guidanceSchedule, samplingControls, type SamplingOptions } from "../../src/sampling/controls.js";
import { guide, guidedLabels } from "../../src/sampling/guidance.js";
import { guideRow } from "../../src/sampling/reference.js";
import { onCpu } from "../support/cpu.js";
import { largestDifference, randomTensor } from "../support/tensors.js";

onCpu();

test("what is off is not in the plan", () => {
  expect(samplingControls({}, 3, 16)).toEqual({
    plan: { guided: false, nucleus: false },
    controls: { temperature: Float32Array.of(1, 1, 1) },
  });
  expect(samplingControls({ topK: 16, topP: 1, guidanceScale: 1 }, 3, 16).plan).toEqual({
    guided: false,
    nucleus: false,
  });
});

test("what is on is, one number per scale", () => {
  const { plan, controls } = samplingControls(
    { temperature: [1, 0.9, 0.8], guidanceScale: 2.5, topK: [16, 16, 4], topP: 0.9 },
    3,
    16,
  );
  expect(plan).toEqual({ guided: true, nucleus: true, topK: [16, 16, 4] });
  expect(controls).toEqual({
    temperature: Float32Array.of(1, 0.9, 0.8),
    guidance: Float32Array.of(1, 1.75, 2.5),
    topP: Float32Array.of(0.9, 0.9, 0.9),
  });
});

test("values out of range and lists of the wrong length are refused by name", () => {
  for (const options of [
    { temperature: -1 },
    { temperature: NaN },
    { temperature: [1, 1] },
    { topK: 0 },
    { topK: 2.5 },
    { topP: 1.1 },
    { guidanceScale: -1 },
    { guidanceScale: null },
    { guidanceScale: "1" },
    { guidanceRamp: "nosuch" },
    { guidanceRamp: 5 },
    { guidanceRamp: "Constant" },
    { temperature: null },
    { temperature: "1" },
    { temperature: "abc" },
    { temperature: new Array(3) },
    { topK: null },
    { topP: Symbol("p") },
    { temprature: 1 },
  ] as SamplingOptions[]) {
    const refused = expect.objectContaining({ code: "invalid-argument" }) as Error;
    expect(() => samplingControls(options, 3, 16)).toThrow(refused);
    expect(() => samplingControls(options, 3, 16)).toThrow(Object.keys(options)[0] ?? "");
  }
});

test("a value of a wrong type is shown as what it is", () => {
  const options = { temperature: "1" } as unknown as SamplingOptions;
  expect(() => samplingControls(options, 5, 16)).toThrow(
    'refinement-core/sampling: expected temperature to be a number from 0 to 1000, or a list of 5 such, got "1"',
  );
});

test("VAR's cfg = 1.5 is guidance scale 2.5: logits (1 + t) cond - t uncond with t = cfg k / (K - 1)", () => {
  const [cond, uncond] = [Float64Array.of(1, -2, 0.5), Float64Array.of(0.3, 0.1, -1)];
  const schedule = guidanceSchedule(2.5, "linear", 4);
  for (let k = 0; k < 4; k++) {
    const t = (1.5 * k) / 3;
    const guided = guideRow(cond, uncond, schedule[k] ?? 0);
    cond.forEach((value, i) => expect(guided[i]).toBeCloseTo((1 + t) * value - t * (uncond[i] ?? 0), 12));
  }
  expect([...guidanceSchedule(3, "constant", 2)]).toEqual([3, 3]);
  expect([...guidanceSchedule(3, "linear", 1)]).toEqual([3]);
});

test("guidance 1 gives the conditional logits and equal halves give either, to the last bit", () => {
  const cond = randomTensor("cond", [2, 3, 5]);
  const uncond = randomTensor("uncond", [2, 3, 5]);
  const both = tf.concat([cond, uncond], 0);
  expect(largestDifference(guide(both, tf.tensor1d([1])), cond)).toBe(0);
  expect(largestDifference(guide(both, tf.tensor1d([2])), cond)).toBeGreaterThan(0.1);
  expect(largestDifference(guide(tf.concat([cond, cond], 0), tf.tensor1d([7.3])), cond)).toBe(0);
  expect(largestDifference(guide(both, tf.tensor1d([0])), uncond)).toBeLessThan(1e-6);
});

test("the second half of a guided batch has the null class", () => {
  expect([...guidedLabels(tf.tensor1d([3, 1], "int32"), 10).dataSync()]).toEqual([3, 1, 10, 10]);
});
