import "@tensorflow/tfjs-backend-cpu";
import { openEngine } from "@nextscale/engine/node";
import { normals, randomStream } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { neighbours } from "../../src/anchor/neighbourhood.js";
import { predictorCount, predictors, regressed } from "../../src/anchor/ridge.js";
import { equiangularGridWithPoles, gaussianGrid, regionalGrid } from "../../src/grid/grid.js";
import { fitRidge } from "../../src/training/fit-ridge.js";

const grid = gaussianGrid(4, 8);
const neighbourhood = { rows: 3, columns: 3 };
const draws = (name: string, shape: number[]) =>
  tf.tensor(normals(randomStream(1, name), { draws: shape.reduce((a, b) => a * b) }), shape);

describe("neighbours", () => {
  const around = (cell: number, of = grid) =>
    neighbours(of, neighbourhood).map((row) => [...row.subarray(3 * cell, 3 * cell + 3)]);

  test("go round the globe, and over the poles to the opposite meridian", () => {
    // Cell (1, 0): its western neighbours are the last column.
    expect(around(8)).toEqual([[7, 0, 1], [15, 8, 9], [23, 16, 17]]); // prettier-ignore
    // Cell (0, 1): beyond the south pole lies row 0 on the meridian half round.
    expect(around(1)).toEqual([[4, 5, 6], [0, 1, 2], [8, 9, 10]]); // prettier-ignore
  });

  test("a row at the pole itself is not its own neighbour", () => {
    expect(around(1, equiangularGridWithPoles(5, 8))[0]).toEqual([12, 13, 14]);
  });

  test("at the border of a region the outermost cells are repeated", () => {
    const region = regionalGrid([40, 41, 42, 43], [0, 1, 2, 3, 4, 5, 6, 7]);
    expect(around(0, region)).toEqual([[0, 0, 1], [0, 0, 1], [8, 8, 9]]); // prettier-ignore
  });
});

test("the sum over rows is the product with all predictors", () => {
  const [current, change] = [draws("current", [2, 4, 8, 3]), draws("change", [2, 4, 8, 3])];
  const weights = draws("weights", [4, predictorCount(neighbourhood, 3), 3]);
  const repeated = tf.tile(tf.expandDims(weights, 0), [2, 1, 1, 1]);
  const whole = tf.matMul(predictors(current, change, grid, neighbourhood), repeated);
  const difference = tf.sub(regressed(current, change, weights, grid, neighbourhood), whole);
  expect(tf.max(tf.abs(difference)).dataSync()[0]).toBeLessThan(1e-4);
});

test(
  "a linear law is found again, and each half's regression has not seen that half",
  { timeout: 60_000 },
  async () => {
    // Next = current + 0.5 (western neighbour - current) + 0.3 change, in the first half; with 0.9 in the second.
    const [height, width] = [4, 8];
    const item = (index: number): Float32Array => {
      const values = normals(randomStream(7, `test/ridge/${index}`), { draws: 2 * height * width });
      const previous = values.subarray(0, 32);
      const current = values.subarray(32);
      const pull = index < 200 ? 0.5 : 0.9;
      const next = current.map((value, cell) => {
        const west = current[cell - (cell % width) + ((cell + width - 1) % width)]!;
        return value + pull * (west - value) + 0.3 * (value - previous[cell]!);
      });
      return Float32Array.from([...previous, ...current, ...next]);
    };
    const engine = await openEngine(undefined, { threads: 1 });
    try {
      const half = (first: number) => Int32Array.from({ length: 200 }, (_, i) => first + i);
      const data = { grid, neighbourhood, channels: 1, perChange: Float32Array.of(1), states: item, noise: 0.001 };
      const { weights, folds } = await fitRidge(engine, data, [half(0), half(200)]);
      const predictor = (dx: number, isChange: boolean) => 2 * (3 + 1 + dx) + Number(isChange);
      const own = (row: number, p: number) => weights[row * 19 + p]!;
      const fold = (row: number, p: number, which: number) => folds[(row * 19 + p) * 2 + which]!;
      for (let row = 0; row < height; row++) {
        expect(own(row, predictor(0, true))).toBeCloseTo(0.3, 2);
        expect(own(row, predictor(-1, false))).toBeCloseTo(0.7, 1);
        expect(fold(row, predictor(-1, false), 0)).toBeCloseTo(0.9, 2);
        expect(fold(row, predictor(-1, false), 1)).toBeCloseTo(0.5, 2);
      }
    } finally {
      await engine.close();
    }
  },
);

test("fields that do not determine the weights are refused", { timeout: 60_000 }, async () => {
  const engine = await openEngine(undefined, { threads: 1 });
  try {
    const same = new Float32Array(3 * 4 * 8);
    const items = Int32Array.from({ length: 8 }, (_, i) => i);
    const data = { grid, neighbourhood, channels: 1, perChange: Float32Array.of(1), states: () => same, noise: 0 };
    await expect(fitRidge(engine, data, [items, items])).rejects.toMatchObject({ code: "invalid-data" });
  } finally {
    await engine.close();
  }
});
