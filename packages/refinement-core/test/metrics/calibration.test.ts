import fc from "fast-check";
import { expect, test } from "vitest";
import { accuracy, argmaxRows } from "../../src/metrics/accuracy.js";
import { calibrationOf, emptyReliability, mergeReliability, reliabilityBins } from "../../src/metrics/calibration.js";
import { integerSource } from "../../src/random/integers.js";
import { randomStream } from "../../src/random/stream.js";

/** Two-category predictions with confidence in [0.5, 1), right with probability `chance(confidence)`. */
function predictions(count: number, chance: (confidence: number) => number): [Float64Array, Int32Array] {
  const draw = integerSource(randomStream(7, "test"));
  const probabilities = new Float64Array(2 * count);
  const labels = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const confidence = 0.5 + draw(1e6) / 2e6;
    probabilities.set([confidence, 1 - confidence], 2 * i);
    labels[i] = draw(1e6) / 1e6 < chance(confidence) ? 0 : 1;
  }
  return [probabilities, labels];
}

test("by hand: two bins", () => {
  const bins = reliabilityBins(Float64Array.of(0.7, 0.3, 0.4, 0.6, 0.9, 0.1), [0, 0, 0], 2, 5);
  expect([...bins.counts]).toEqual([0, 0, 1, 1, 1]);
  // Confidences 0.6 (wrong), 0.7 (right), 0.9 (right), each in its own bin.
  const score = calibrationOf(bins);
  expect(score.expectedError).toBeCloseTo((0.6 + 0.3 + 0.1) / 3, 12);
  expect(score.maximumError).toBeCloseTo(0.6, 12);
  expect(score.accuracy).toBeCloseTo(2 / 3, 12);
  expect(score.meanConfidence).toBeCloseTo(2.2 / 3, 12);
});

test("calibrated predictions have no error but noise; overconfident ones have the gap", () => {
  const calibrated = calibrationOf(reliabilityBins(...predictions(20_000, (p) => p), 2));
  expect(calibrated.expectedError).toBeLessThan(0.012);
  const overconfident = calibrationOf(reliabilityBins(...predictions(20_000, (p) => p - 0.2), 2));
  expect(overconfident.expectedError).toBeGreaterThan(0.18);
  expect(overconfident.expectedError).toBeLessThan(0.22);
});

test("bins of parts add up to the bins of the whole", () => {
  const [probabilities, labels] = predictions(300, (p) => p);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), (cut) => {
      const part = (from: number, to: number): ReturnType<typeof reliabilityBins> =>
        reliabilityBins(probabilities.subarray(2 * from, 2 * to), labels.subarray(from, to), 2);
      const merged = calibrationOf(
        mergeReliability(mergeReliability(emptyReliability(), part(0, cut)), part(cut, 300)),
      );
      const whole = calibrationOf(reliabilityBins(probabilities, labels, 2));
      expect(merged.count).toBe(whole.count);
      expect(merged.expectedError).toBeCloseTo(whole.expectedError, 12);
      expect(merged.accuracy).toBe(whole.accuracy);
    }),
    { numRuns: 30 },
  );
});

test("logits, labels that are no category and no prediction are refused", () => {
  expect(() => reliabilityBins(Float64Array.of(3, -1), [0], 2)).toThrow("pass probabilities, not logits");
  expect(() => reliabilityBins(Float64Array.of(2, -1), [0], 2)).toThrow("pass probabilities, not logits");
  expect(() => reliabilityBins(Float64Array.of(NaN, 1), [0], 2)).toThrow("sum NaN");
  expect(() => reliabilityBins(Float64Array.of(0.5, 0.5), [2], 2)).toThrow("label 2");
  expect(() => reliabilityBins(Float64Array.of(0.5, 0.5), [0, 1], 2)).toThrow("2 rows of 2");
  expect(() => calibrationOf(emptyReliability())).toThrow("at least one prediction");
  expect(() => mergeReliability(emptyReliability(3), emptyReliability(4))).toThrow("expected 3 bins");
});

test("argmax takes the lowest of equal scores; accuracy counts", () => {
  expect([...argmaxRows(Float32Array.of(1, 3, 3, -2, -1, -5), 3)]).toEqual([1, 1]);
  expect(accuracy([1, 1, 0, 2], [1, 0, 0, 2])).toBe(0.75);
  expect(() => argmaxRows(Float32Array.of(1, NaN), 2)).toThrow("NaN in row 0");
  expect(() => argmaxRows(new Float32Array(5), 2)).toThrow("rows of 2 scores");
  expect(() => accuracy([1], [1, 2])).toThrow("as many predictions as labels");
  expect(() => accuracy([], [])).toThrow("at least one");
});
