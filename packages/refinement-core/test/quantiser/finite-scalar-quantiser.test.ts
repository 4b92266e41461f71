import { gradients } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { boundScalars, finiteScalarQuantiser, straightThrough } from "../../src/index.js";
import { onCpu } from "../support/cpu.js";
import { normals } from "../support/random.js";
import { runTraced } from "../support/run-traced.js";

onCpu();

const LEVELS = [8, 5, 5, 5];
const quantiser = finiteScalarQuantiser(LEVELS);
const codeOf = (...z: number[]) => quantiser.quantise(0, tf.tensor2d([z])).codes.dataSync()[0];

describe("finite scalar quantisation", () => {
  test("has the codes and values that the paper's code has, the first digit fastest", () => {
    expect(codeOf(0, 0, 0, 0)).toBe(500);
    expect(codeOf(99, 99, 99, 99)).toBe(999);
    expect(codeOf(-99, -99, -99, -99)).toBe(0);
    const { codes, value } = quantiser.quantise(0, tf.tensor2d([[0.3, -0.7, 1.1, -0.2]]));
    expect(codes.dataSync()[0]).toBe(573);
    [0.25, -0.5, 1, 0].forEach((one, i) => expect(value.dataSync()[i]).toBeCloseTo(one, 6));
  });

  test.each([[LEVELS], [[3, 4, 7]], [[7, 5, 5, 3]]])("with levels %j decodes and encodes every code", (levels) => {
    const coder = finiteScalarQuantiser(levels);
    const count = levels.reduce((product, level) => product * level, 1);
    const all = tf.tensor1d(Int32Array.from({ length: count }, (_, i) => i), "int32"); // prettier-ignore
    const value = coder.embed(0, all);
    const values = value.dataSync();
    expect(new Set(Array.from({ length: count }, (_, i) => values.slice(i * levels.length, (i + 1) * levels.length).join())).size).toBe(count); // prettier-ignore
    expect(Math.min(...values.slice(0, 1000))).toBe(-1);
    // Back through the bound: what tanh has to be so that the value comes out, the outermost levels with a margin.
    const z = tf.tidy(() => {
      const row = (of: (level: number) => number) => tf.tensor1d(levels.map(of));
      const half = row((level) => ((level - 1) * 1.001) / 2);
      const offset = row((level) => (level % 2 === 0 ? 0.5 : 0));
      const inside = tf.div(
        tf.add(
          tf.mul(
            value,
            row((level) => Math.floor(level / 2)),
          ),
          offset,
        ),
        half,
      );
      const shift = row((level) => Math.atanh((level % 2 === 0 ? 0.5 : 0) / (((level - 1) * 1.001) / 2)));
      return tf.sub(tf.atanh(inside), shift);
    });
    expect(coder.quantise(0, z).codes.dataSync()).toEqual(all.dataSync());
  });

  test("rounds what it bounds by half a level at most, and lets the gradient through the bound", async () => {
    const z = normals("fsq", 400);
    const outputs = await runTraced({ z: { shape: [100, 4], data: z } }, ({ z: x }) => {
      const bounded = boundScalars(LEVELS, x);
      const { codes, value } = quantiser.quantise(0, x);
      const through = straightThrough(bounded, value);
      return { bounded, codes, value, through, ...gradients(tf.sum(through), { x }) };
    });
    const { codes } = quantiser.quantise(0, tf.tensor2d(z, [100, 4]));
    expect([...outputs["codes"]!]).toEqual([...codes.dataSync()]);
    outputs["value"]!.forEach((value, i) => {
      expect(Math.abs(value - outputs["bounded"]![i]!)).toBeLessThanOrEqual(
        0.5 / Math.floor(LEVELS[i % 4]! / 2) + 1e-6,
      );
      expect(outputs["through"]![i]).toBeCloseTo(value, 5);
    });
    expect(outputs["x"]!.every((slope) => slope > 0 && slope < 2)).toBe(true);
  });

  test("refuses two levels, which it could not centre, and vectors of another length", () => {
    expect(() => finiteScalarQuantiser([2, 5])).toThrow(/three or more levels/);
    expect(() => finiteScalarQuantiser([])).toThrow(/three or more levels/);
    expect(() => quantiser.quantise(0, tf.zeros([2, 3]))).toThrow(expect.objectContaining({ code: "shape" }));
  });
});
