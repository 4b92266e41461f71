import { expect, test } from "vitest";
import { isUnstable, zonalDeviations } from "../../src/model/stability.js";

const areaWeights = [0.5, 1.5];
/** Two channels on 2 x 4 cells: waves along the rows of these amplitudes. */
const waves = (...amplitudes: number[]) =>
  Float32Array.from({ length: 16 }, (_, at) => amplitudes[at % 2]! * [1, -1, 1, -1][Math.floor(at / 2) % 4]!);

test("the deviation along rows, by area", () => {
  expect([...zonalDeviations(waves(3, 0.5), 2, areaWeights, 4)]).toEqual([3, 0.5]);
});

test("a field of about the variability that the data has is weather", () => {
  const climate = { range: [2, 1, 4, 1], areaWeights, columns: 4 };
  expect(isUnstable(waves(3, 1), climate)).toBe(false);
  expect(isUnstable(waves(5.9, 1.4), climate)).toBe(false);
  expect(isUnstable(waves(1.4, 0.7), climate)).toBe(false);
  expect(isUnstable(waves(6.1, 1), climate)).toBe(true);
  expect(isUnstable(waves(1.3, 1), climate)).toBe(true);
  expect(isUnstable(waves(3, 0.6), climate)).toBe(true);
  expect(isUnstable(waves(3, Number.NaN), climate)).toBe(true);
});
