import { RECIPES } from "../../src/recipes/recipes.js";
import { FULL } from "../../src/settings.js";
import type { FloorRecord, RunRecord } from "../../src/table/records.js";
import type { TableName } from "../../src/table/recipe.js";
import { tableOf, type Table } from "../../src/table/table.js";

/** Records with made-up figures: what a table says of them is known. */
export function madeUpTable(name: TableName = "table1"): Table {
  const recipe = RECIPES[name];
  const study = { settings: FULL, data: "ab", engine: "none" };
  const scores = (error: number) => ({ meanSquaredError: error, psnrOfMeanError: 20, meanPsnr: 20.5, bandPsnr: 18 });
  const runs = [0, 1].flatMap((seed) =>
    recipe.variants.map((variant, i): RunRecord => ({
      ...{ study, variant, seed, parameters: 10 },
      atSigma: scores(0.01 + 0.001 * i + 0.0001 * seed),
      atShiftedSigma: scores(0.02),
      curve: [
        { step: 10, meanSquaredError: 0.02 },
        { step: 20, meanSquaredError: seed === 0 || i === 0 ? 0.013 : 0.015 },
      ],
      gradientNoise: [],
      gradientNorm: { mean: 1, variance: 0.1 },
    })),
  );
  const floor = { atSigma: scores(0.009), atShiftedSigma: scores(0.015) };
  const floors = [0, 1].map((seed): FloorRecord => ({ study, seed, floors: { identity: floor, linear: floor, autoencoder: floor } })); // prettier-ignore
  return tableOf(recipe, { study, isSmoke: false, seeds: [0, 1], runs, floors });
}
