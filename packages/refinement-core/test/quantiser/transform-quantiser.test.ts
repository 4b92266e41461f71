import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { fitTransform } from "../../src/quantiser/fit-transform.js";
import { transformQuantiser } from "../../src/quantiser/transform-quantiser.js";
import { onCpu } from "../support/cpu.js";
import { normals } from "../support/random.js";
import { runTraced } from "../support/run-traced.js";
import { toTensors } from "../support/tensors.js";

onCpu();

const COUNT = 4000;
const STEP = 0.25;

/** Vectors of three numbers: two that go together with deviations 2 and 0.5 across, and a third that hardly varies. */
function vectors(): Float32Array {
  const draws = normals("vectors", 3 * COUNT);
  return Float32Array.from({ length: 3 * COUNT }, (_, at) => {
    const [along, across, rest] = [0, 1, 2].map((i) => draws[at - (at % 3) + i]!) as [number, number, number];
    const [a, b] = [2 * along, 0.5 * across];
    return [(a + b) / Math.SQRT2, (a - b) / Math.SQRT2, 0.05 * rest][at % 3]!;
  });
}

const fitted = fitTransform(vectors(), 3, STEP);
const quantiser = () => transformQuantiser([toTensors(fitted.codebook)], STEP);
const values = (n: number) => tf.tensor2d(vectors().slice(0, 3 * n), [n, 3]);

describe("the fit", () => {
  test("finds the axes, widest first, and leaves out what would be level 0 nearly always", () => {
    const { axes, centroids } = fitted.codebook;
    expect(axes.shape).toEqual([2, 3]);
    expect(centroids.shape[1]! % 2).toBe(1);
    const expected = [Math.SQRT1_2, Math.SQRT1_2, 0, Math.SQRT1_2, -Math.SQRT1_2, 0];
    axes.data.forEach((value, at) => expect(Math.abs(value)).toBeCloseTo(Math.abs(expected[at]!), 1));
  });

  test("counts every vector once a coordinate, and centroids lie in their bins", () => {
    const { counts, codebook } = fitted;
    const levels = codebook.centroids.shape[1]!;
    const middle = (levels - 1) / 2;
    for (const d of [0, 1]) {
      expect(counts.subarray(d * levels, (d + 1) * levels).reduce((sum, count) => sum + count, 0)).toBe(COUNT);
      for (let level = 1; level < levels - 1; level++) {
        const offset = codebook.centroids.data[d * levels + level]! - (level - middle) * STEP;
        expect(Math.abs(offset)).toBeLessThanOrEqual(STEP / 2 + 1e-5);
      }
    }
  });

  test("refuses a step without sense, and vectors that do not vary", () => {
    expect(() => fitTransform(vectors(), 3, 0)).toThrow(/positive step/);
    expect(() => fitTransform(vectors(), 3, 1000)).toThrow(expect.objectContaining({ code: "invalid-data" }));
  });
});

describe("the quantiser", () => {
  test("errs by the variance of a step's bin, and by what it leaves out", () => {
    const x = values(COUNT);
    const { value, codes } = quantiser().quantise(0, x);
    const errors = tf.sum(tf.square(tf.sub(value, x)), -1);
    expect(codes.dtype).toBe("int32");
    expect(codes.shape).toEqual([COUNT, 2]);
    expect(tf.mean(errors).dataSync()[0]! / ((2 * STEP ** 2) / 12 + 0.05 ** 2)).toBeCloseTo(1, 1);
  });

  test("a value that was coded is its own code's value, and what lies far out gets the outermost level", () => {
    const coder = quantiser();
    const { codes, value } = coder.quantise(0, values(50));
    expect([...coder.embed(0, codes).dataSync()]).toEqual([...value.dataSync()]);
    const far = coder.quantise(0, tf.tensor2d([1e6, 1e6, 0, -1e6, -1e6, 0], [2, 3]));
    const levels = fitted.codebook.centroids.shape[1]!;
    const [first, , second] = far.codes.dataSync();
    expect([first, second].sort((a, b) => a! - b!)).toEqual([0, levels - 1]);
  });

  test("is the same in a trace", async () => {
    const { axes, centroids } = fitted.codebook;
    const x = vectors().slice(0, 300);
    const traced = await runTraced({ axes, centroids, x: { shape: [5, 20, 3], data: x } }, (inputs) => {
      const { codes, value } = transformQuantiser([inputs], STEP).quantise(0, inputs.x);
      return { codes, value };
    });
    const { codes, value } = quantiser().quantise(0, tf.tensor3d(x, [5, 20, 3]));
    expect([...traced["codes"]!]).toEqual([...codes.dataSync()]);
    traced["value"]!.forEach((one, i) => expect(one).toBeCloseTo(value.dataSync()[i]!, 5));
  });

  test("refuses vectors of another length", () => {
    expect(() => quantiser().quantise(0, tf.zeros([4, 2]))).toThrow(expect.objectContaining({ code: "shape" }));
  });
});
