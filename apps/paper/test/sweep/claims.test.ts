import { expect, test } from "vitest";
import { RECIPES } from "../../src/recipes/recipes.js";
import { FULL, noiseOf, PAPER, QUICK, settingsSchema, stepsPerEpoch, totalSteps } from "../../src/settings.js";
import { SWEEP_CLAIMS, SWEEP_VARIANTS } from "../../src/sweep/claims.js";
import { cellSettings, FULL_SWEEP, gridOf, QUICK_SWEEP } from "../../src/sweep/settings.js";
import { TABLE_NAMES } from "../../src/table/recipe.js";
import { variantId } from "../../src/variant/variant.js";

test("all statements of the tables are swept, under the readings whose networks are trained", () => {
  const statements = TABLE_NAMES.flatMap((table) => RECIPES[table].claims.map(({ statement }) => statement));
  expect(SWEEP_CLAIMS.map(({ statement }) => statement)).toEqual(statements);
  const trained = SWEEP_VARIANTS.map(variantId);
  expect(new Set(trained).size).toBe(trained.length);
  for (const { readings } of SWEEP_CLAIMS) {
    expect(readings.length).toBeGreaterThan(0);
    for (const { weights } of readings) expect(trained).toEqual(expect.arrayContaining(Object.keys(weights)));
  }
  // Control: the tables have readings that no cell can speak to.
  const all = TABLE_NAMES.flatMap((table) => RECIPES[table].claims.flatMap(({ readings }) => readings));
  expect(SWEEP_CLAIMS.flatMap(({ readings }) => readings).length).toBeLessThan(all.length);
});

test("cells differ in images and noise alone, and train for the same number of steps", () => {
  for (const sweep of [FULL_SWEEP, QUICK_SWEEP]) {
    const cells = gridOf(sweep).map((cell) => cellSettings(sweep, cell));
    expect(new Set(cells.map((cell) => JSON.stringify(cell))).size).toBe(cells.length);
    expect(new Set(cells.map(totalSteps)).size).toBe(1);
    expect(cells.map((cell) => settingsSchema.parse(cell))).toEqual(cells);
    expect(sweep.sigmas).toContain(PAPER.sigma);
  }
  expect(FULL_SWEEP.stepsPerEpoch).toBe(stepsPerEpoch(FULL));
});

test("noise and length of the tables are the paper's, as they were recorded", () => {
  expect([FULL, QUICK].map((settings) => settingsSchema.parse(settings))).toEqual([FULL, QUICK]);
  expect([totalSteps(FULL), totalSteps(QUICK)]).toEqual([7020, 16]);
  expect(noiseOf(FULL)).toEqual({ sigma: 0.2, shiftedSigma: 0.3 });
  const cell = cellSettings(FULL_SWEEP, { trainingImages: 500, sigma: 0.2 });
  expect(noiseOf(cell).shiftedSigma).toBeCloseTo(0.3, 12);
  // Control: neither form takes fields of the other by halves.
  expect(settingsSchema.safeParse({ ...cell, sigma: undefined }).success).toBe(false);
});
