import fc from "fast-check";
import { expect, test } from "vitest";
import { psnr } from "../../src/metrics/psnr.js";

test("a mean squared error of 0.0195 is 17.1 dB", () => {
  const { psnrOfMeanError, meanPsnr, meanSquaredError } = psnr([0, 0], [Math.sqrt(0.0195), -Math.sqrt(0.0195)], 2);
  expect(meanSquaredError).toBeCloseTo(0.0195, 12);
  expect(psnrOfMeanError).toBeCloseTo(17.0997, 4);
  expect(meanPsnr).toBeCloseTo(psnrOfMeanError, 12);
});

test("the mean of the ratios is never below the ratio of the mean", () => {
  const values = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(values, (errors) => {
      const score = psnr(new Float32Array(6), Float64Array.from(errors), 2);
      expect(score.meanPsnr).toBeGreaterThanOrEqual(score.psnrOfMeanError - 1e-9);
    }),
  );
});

test("bytes with their own peak give the same decibels; equal data are infinite", () => {
  const bytes = Uint8Array.of(0, 51, 102, 255);
  const other = Uint8Array.of(51, 51, 0, 204);
  const scaled = psnr(
    Array.from(bytes, (x) => x / 255),
    Array.from(other, (x) => x / 255),
    2,
  );
  expect(psnr(bytes, other, 2, 255).meanPsnr).toBeCloseTo(scaled.meanPsnr, 10);
  expect(psnr(bytes, bytes, 2).psnrOfMeanError).toBe(Infinity);
});

test("arrays that do not fit are refused", () => {
  expect(() => psnr([1, 2], [1], 1)).toThrow("whole items");
  expect(() => psnr([1, 2, 3], [1, 2, 3], 2)).toThrow("whole items");
  expect(() => psnr([], [], 2)).toThrow("whole items");
  expect(() => psnr([1], [1], 1, 0)).toThrow("a positive peak");
});
