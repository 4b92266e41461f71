import { readImageModel } from "@nextscale/images/node";
import { frozenTokeniser } from "@nextscale/images";
import { expect, test } from "vitest";
import { blankModel } from "../../src/study/cell/blank-model.js";
import { sampleCount } from "../../src/node/study/run-cell.js";
import { cellId, cellLabel, cellSchema } from "../../src/study/cell/cell.js";
import { STUDY_CELLS } from "../../src/study/cell/cells.js";
import { cellParameters } from "../../src/study/network/count-parameters.js";
import { cellCost } from "../../src/study/sampling/cost.js";
import { evaluationsOf, samplingId } from "../../src/study/sampling/sampling.js";
import { FULL_STEPS, QUICK_STEPS, studyPlan } from "../../src/study/report/study-plan.js";
import { FULL_STUDY, QUICK_STUDY, STUDY } from "../../src/study/settings.js";
import { TINY } from "./support.js";

const networks = async () => {
  const model = await readImageModel(STUDY.tokeniser);
  return { tokeniser: frozenTokeniser(model), vocabulary: model.config.tokeniser.vocabulary };
};

test("no two cells have one name, and each is what its schema says", () => {
  expect(new Set(STUDY_CELLS.map(cellId)).size).toBe(STUDY_CELLS.length);
  expect(new Set(STUDY_CELLS.map(cellLabel)).size).toBe(STUDY_CELLS.length);
  for (const cell of STUDY_CELLS) expect(cellSchema.parse(cell)).toEqual(cell);
});

test("all cells have one backbone, and parameters within a few per cent of each other", async () => {
  const known = await networks();
  const sizes = [];
  for (const cell of STUDY_CELLS) sizes.push(cellParameters(await blankModel(cell, known, FULL_STUDY)));
  expect(new Set(sizes.map(({ backbone }) => backbone)).size).toBe(1);
  const all = sizes.map((size) => size.all);
  expect(Math.max(...all) / Math.min(...all)).toBeLessThan(1.07);
});

test("a diffusion sample costs an evaluation of each scale more for every step, and plans keep to their evaluations", async () => {
  const known = await networks();
  const model = await blankModel({ space: "pixels", head: "epsilon", sides: [7, 28] }, known, TINY);
  const cost = cellCost(model);
  const of = (steps: number) => cost.sample({ kind: "diffusion", solver: "ddim", steps });
  expect(of(6) - of(4)).toBe(of(3) - of(1));
  expect(of(2) - of(1)).toBeGreaterThan(0.9 * of(1));
  expect(() => cost.sample({ kind: "next-scale", temperature: 1 })).toThrow(/name a solver/);
  // One series goes beyond them, to show where T saturates, with fewer samples.
  const beyond = studyPlan("frontier", { ...FULL_STEPS, steps: [1, 10] }).flatMap(({ cell, samplings }) =>
    samplings
      .map((one) => ({ cell, one, evaluations: evaluationsOf(one, cell.sides.length) }))
      .filter(({ evaluations }) => evaluations > FULL_STEPS.most),
  );
  expect(beyond.map(({ evaluations }) => evaluations)).toEqual([200]);
  expect(beyond.map(({ cell, one }) => [cellId(cell), samplingId(one)])).toEqual([
    ["latents-epsilon-1-scale", "ddim-200"],
  ]);
  const counts = (steps: number) => sampleCount({ kind: "diffusion", solver: "ddim", steps }, 1, FULL_STUDY);
  expect([counts(50), counts(200)]).toEqual([FULL_STUDY.samples, FULL_STUDY.fewSamples]);
  // Every part of the program is in a smoke run.
  expect(sampleCount({ kind: "diffusion", solver: "ddim", steps: QUICK_STEPS.beyond[0]! }, 1, QUICK_STUDY)).toBe(QUICK_STUDY.fewSamples); // prettier-ignore
});
