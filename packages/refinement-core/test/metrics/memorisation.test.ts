import { expect, test } from "vitest";
import { concatenateFeatures, featureMatrix } from "../../src/metrics/features.js";
import { fitMemorisation } from "../../src/metrics/memorisation.js";
import { mapFeatures, normalFeatures } from "../support/normal.js";

const train = normalFeatures(500, 6, 1);
const metric = fitMemorisation(train, normalFeatures(400, 6, 2));

test("by hand on a line", () => {
  const line = (...values: number[]): ReturnType<typeof featureMatrix> => featureMatrix(Float32Array.from(values), 1);
  const score = fitMemorisation(line(0, 10), line(2, 14)).score(line(1, 10, 13));
  expect(score).toEqual({ ratio: 4 / 3 / 3, sampleDistance: 4 / 3, heldOutDistance: 3, nearCopies: 2 / 3 });
});

test("fresh samples of the same distribution have ratio 1, the training set itself 0", () => {
  const fresh = metric.score(normalFeatures(400, 6, 3));
  expect(fresh.ratio).toBeGreaterThan(0.95);
  expect(fresh.ratio).toBeLessThan(1.05);
  expect(fresh.nearCopies).toBeLessThan(0.04);
  expect(metric.score(train)).toMatchObject({ ratio: 0, sampleDistance: 0, nearCopies: 1 });
});

test("near copies show a tenth of stolen samples that the ratio hardly moves for", () => {
  const stolen = mapFeatures(featureMatrix(train.data.slice(0, 40 * 6), 6), (x) => x + 1e-3);
  const score = metric.score(concatenateFeatures([normalFeatures(360, 6, 4), stolen]));
  expect(score.ratio).toBeGreaterThan(0.85);
  expect(score.nearCopies).toBeGreaterThan(0.09);
});

test("an empty set is refused", () => {
  expect(() => metric.score(featureMatrix(new Float32Array(0), 6))).toThrow("at least 1 samples");
  expect(() => metric.score(normalFeatures(5, 5, 1))).toThrow("dimension 6");
});
