import { fitUnigram } from "@nextscale/refinement-core";
import { expect, test } from "vitest";
import { codeCalibration, labelCost } from "../../src/metrics/evaluate-likelihood.js";
import { codebookUse } from "../../src/metrics/evaluate-tokeniser.js";
import { firstCodes, joinScales, scaleSites } from "../../src/metrics/model-codes.js";
import type { EvaluatedModel } from "../../src/metrics/evaluated-model.js";

/** As much of a model as these functions look at. */
const model = { config: { tokeniser: { scales: [1, 2], vocabulary: 8 } } } as unknown as EvaluatedModel;
const scales = scaleSites(model);

test("codes of all scales stand side by side, image by image", () => {
  const codes = [Int32Array.of(1, 2, 3), Int32Array.of(4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7)];
  expect(Array.from(joinScales(model, codes))).toEqual([1, 4, 5, 6, 7, 2, 0, 1, 2, 3, 3, 4, 5, 6, 7]);
  expect(firstCodes(model, codes, 2).map((scale) => scale.length)).toEqual([2, 8]);
});

test("use of a codebook is counted scale by scale", () => {
  const unigram = fitUnigram(Int32Array.of(0, 1, 2, 3, 4, 0, 1, 2, 3, 4), scales, 8, 0);
  expect(codebookUse(unigram, scales)).toEqual([
    { sites: 1, usage: 1 / 8, perplexity: 1 },
    { sites: 4, usage: 4 / 8, perplexity: expect.closeTo(4, 10) as number },
  ]);
});

test("calibration is that of each scale's own confidences", () => {
  // Coarse: sure and right, then half sure and wrong. Fine: half sure, right every other time.
  const confidence = Float32Array.of(1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5);
  const correct = Uint8Array.of(1, 1, 0, 1, 0, 0, 1, 0, 1, 0);
  const [coarse, fine] = codeCalibration({ confidence, correct }, scales);
  expect(coarse).toMatchObject({ count: 2, accuracy: 0.5, expectedError: 0.25, maximumError: 0.5 });
  expect(fine).toMatchObject({ count: 8, accuracy: 0.5, expectedError: 0, meanConfidence: 0.5 });
  confidence[3] = NaN;
  expect(() => codeCalibration({ confidence, correct }, scales)).toThrow("confidences from 0 to 1");
});

test("a class costs what its frequency among training images says", () => {
  const train = { labels: Uint8Array.of(0, 0, 1), classes: ["a", "b"] };
  const nats = labelCost(train, { labels: Uint8Array.of(0, 1, 1, 1) });
  expect(nats).toBeCloseTo((Math.log(5 / 3) + 3 * Math.log(5 / 2)) / 4, 12);
});
