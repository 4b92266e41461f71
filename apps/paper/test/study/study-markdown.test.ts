import { expect, test } from "vitest";
import { ABLATED } from "../../src/study/cell/cells.js";
import { studyMarkdown } from "../../src/study/report/study-markdown.js";
import { cellOf, DIFFUSION, madeUpStudy } from "./made-up-study.js";
import { TINY } from "./support.js";

test("the matrix says on how many images bits were measured, what trainings cost, and what codes lose", () => {
  const oracle = { count: TINY.testImages, frechet: 0.5, standardError: 0.01, classAgreement: 0.98 };
  const codes = { oracle, meanSquaredError: 0.01, codes: 55, bits: 440, calibration: [0.01, 0.02], calibrationOfAll: 0.015 }; // prettier-ignore
  const cell = { ...cellOf(ABLATED, [[3, 2e6]]), codes: [codes], trainingSeconds: [100, 140] };
  const diffusion = cellOf(DIFFUSION, [[9, 1e6], [8, 2e6]]); // prettier-ignore
  const [, many] = diffusion.samples;
  const beyond = { ...many!, seeds: many!.seeds.map((seed) => ({ ...seed, count: TINY.fewSamples })) };
  const full = { kind: "diffusion", solver: "dpm-solver", steps: 50 } as const;
  const samples = [{ ...diffusion.samples[0]!, id: "dpm-solver-50", sampling: full }, beyond];
  const text = studyMarkdown(madeUpStudy("matrix", [cell, { ...diffusion, samples }]));
  expect(text).toContain("| Latents, categorical, 5 scales |  | 0.50 | 3.00 ± 0.00 | 100.0 % | 1.500 (20) | 0.0150 | 5 | 2 | 200,000 | 2 | 120 | 1,000 |"); // prettier-ignore
  // Another's time is not known.
  expect(text).toMatch(/\| Latents, epsilon, single-scale \| DPM-Solver\+\+\(2M\), T = 50 \|.*\| 2 \| – \| 1,000 \|/);
  expect(text).toContain("| Latents, categorical, 5 scales | 55 | 440 | 20.00 | 0.010, 0.020 |");
  expect(text).toMatch(/\| One histogram.* 2.00, 1.70 \(40\) /);
  // T beyond what the headline allows, of fewer samples.
  expect(text).toContain("| T = 2 | – | 8.00 ± 0.00 * | 2 |");
});
