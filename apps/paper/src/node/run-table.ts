import { NextscaleError } from "@nextscale/engine";
import { loadMnist } from "@nextscale/images/node";
import { digitsOf } from "../data/digits.js";
import { RECIPES } from "../recipes/recipes.js";
import { FULL, QUICK, totalSteps, type TableSettings } from "../settings.js";
import { TABLE_NAMES, type Recipe, type TableName } from "../table/recipe.js";
import { tableOf, type Table } from "../table/table.js";
import { inTurn, seedBySeed } from "./in-turn.js";
import { openLaboratory } from "./laboratory.js";
import { resumable } from "./resumable.js";
import { runFloors } from "./run-floors.js";
import { seedNumbers, type RunOptions } from "./run-options.js";
import type { RunOnDigits } from "./run-on-digits.js";
import { runVariant } from "./run-variant.js";
import { stepProgress } from "./step-progress.js";
import { timeSteps } from "./time-steps.js";
import type { TrainingOptions } from "./training-runs.js";
import { withEngine } from "./with-engine.js";

const WHERE = "paper/runTable";

/**
 * Runs what a table of the paper needs and is not in the folder yet, and makes the table.
 *
 * @throws NextscaleError `invalid-argument` for an unknown table, a number of seeds that is none, or a folder with results of
 *   other settings; `missing-data` without MNIST; `unwritable`; `interrupted` when the signal aborts
 */
export async function runTable(name: TableName, options: RunOptions): Promise<Table> {
  const { quick = false } = options;
  const recipe = recipeNamed(name);
  const seeds = seedNumbers(WHERE, options.seeds ?? (quick ? 1 : 3));
  const settings = quick ? QUICK : FULL;
  const digits = digitsOf(await loadMnist("train"), await loadMnist("test"), settings);
  return withEngine(WHERE, options, (engine) => runRecipe(recipe, { ...options, seeds, settings, digits, engine }));
}

/** The recipe of a table, whatever a caller without a compiler calls it. */
function recipeNamed(name: string): Recipe {
  const known = TABLE_NAMES.find((one) => one === name);
  if (known !== undefined) return RECIPES[known];
  throw new NextscaleError({
    code: "invalid-argument",
    where: WHERE,
    expected: `a table among ${TABLE_NAMES.join(", ")}`,
    got: name,
  });
}

/** `runTable` for any recipe, settings, data and engine. */
export async function runRecipe(recipe: Recipe, options: RunOnDigits<TableSettings>): Promise<Table> {
  const { out, seeds, settings, digits, engine, signal } = options;
  const { variants } = recipe;
  const study = { settings, data: digits.sha256, engine: engine.name };
  const progress = stepProgress(options.onProgress);
  const onTraining: TrainingOptions["onProgress"] = (event) => progress.update(event, totalSteps(settings));
  const lab = await openLaboratory({ ...options, study, folder: out, onProgress: onTraining });
  const expected = `${seeds.length * variants.length} runs`;
  return resumable({ where: WHERE, expected, folder: lab.folder, signal }, async (tellDone) => {
    const isFull = JSON.stringify(settings) === JSON.stringify(FULL);
    await progress.expect(lab, variants, seeds);
    const floors = await inTurn(seeds, (seed) => runFloors(lab, recipe.floors, seed));
    const runs = await seedBySeed(seeds, variants, async (variant, seed) => {
      const run = await runVariant(lab, variant, seed);
      tellDone();
      return run;
    });
    const timing = recipe.timedAgainst && (await timeSteps(lab, recipe.name, variants));
    return tableOf(recipe, {
      ...{ study, isSmoke: !isFull, seeds, floors, runs: runs.flat() },
      ...(timing === undefined ? {} : { timing }),
    });
  });
}
