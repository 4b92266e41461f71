import { countCodes, quantiserDiagnostics } from "@nextscale/refinement-core";
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
  const codes = [Int32Array.of(0, 0), Int32Array.of(1, 2, 3, 4, 1, 2, 3, 4)];
  expect(codebookUse(model, codes)).toEqual([
    { sites: 1, usage: 1 / 8, perplexity: 1, dead: 7 },
    { sites: 4, usage: 4 / 8, perplexity: expect.closeTo(4, 10) as number, dead: 4 },
  ]);
});

test("a code that hardly ever occurs is not in use, as in the tokeniser's own diagnostics", () => {
  const codes = [Int32Array.from({ length: 1000 }, (_, i) => (i === 0 ? 7 : i % 7)), new Int32Array(4000)];
  const diagnostics = quantiserDiagnostics([8, 8]);
  codes.forEach((scale, k) => diagnostics.observe(k, { hits: countCodes(scale, 8) }));
  const use = codebookUse(model, codes);
  expect(use[0]).toMatchObject({ usage: 7 / 8, dead: 0 });
  diagnostics.scales().forEach(({ usage, perplexity, dead }, k) => expect(use[k]).toMatchObject({ usage, perplexity, dead })); // prettier-ignore
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
