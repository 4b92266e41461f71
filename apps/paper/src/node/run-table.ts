import { isNextscaleError, NextscaleError, type Engine } from "@nextscale/engine";
import { exclusively, openEngine, type EngineName } from "@nextscale/engine/node";
import { loadMnist } from "@nextscale/images/node";
import { requireArgument, wholeWithin } from "@nextscale/refinement-core";
import { digitsOf, type Digits } from "../data/digits.js";
import { RECIPES } from "../recipes/recipes.js";
import { FULL, QUICK, stepsPerEpoch, type Settings } from "../settings.js";
import type { RunRecord } from "../table/records.js";
import { TABLE_NAMES, type Recipe, type TableName } from "../table/recipe.js";
import { tableOf, type Table } from "../table/table.js";
import { openLaboratory, type Laboratory } from "./laboratory.js";
import { runFloors } from "./run-floors.js";
import { findRun, runVariant } from "./run-variant.js";
import { timeSteps } from "./time-steps.js";

/** Options of {@link runTable}. */
export interface RunTableOptions {
  /** Folder of the records, which the next table and the next run of this one find. */
  readonly out: string;
  /** How many seeds, from 0; 3 unless told, and 1 of a smoke run. */
  readonly seeds?: number;
  /** Few images and epochs: every part of the program, and figures that say nothing. */
  readonly quick?: boolean;
  readonly engine?: EngineName;
  /** Stops after the step in progress and throws `interrupted`; running again goes on from there. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TableProgress) => void;
}

/** How far a table is. */
export interface TableProgress {
  /** What is being done: `pixels-1-hidden-seed-0`. */
  readonly run: string;
  /** Training steps of all the table's runs that are still to be done, and how many of them are. */
  readonly stepsDone: number;
  readonly steps: number;
  readonly loss: number;
}

const WHERE = "paper/runTable";

/** Most seeds: more would say no more. */
const MOST_SEEDS = 100;

/**
 * Runs what a table of the paper needs and is not in the folder yet, and makes the table.
 *
 * @throws NextscaleError `invalid-argument` for an unknown table, a number of seeds that is none, or a folder with results of
 *   other settings; `missing-data` without MNIST; `unwritable`; `interrupted` when the signal aborts
 */
export async function runTable(name: TableName, options: RunTableOptions): Promise<Table> {
  const { out, quick = false, seeds = quick ? 1 : 3 } = options;
  const recipe = recipeNamed(name);
  requireArgument(WHERE, "seeds", seeds, wholeWithin(1, MOST_SEEDS));
  const settings = quick ? QUICK : FULL;
  const digits = digitsOf(await loadMnist("train"), await loadMnist("test"), settings);
  return exclusively(out, WHERE, async () => {
    const engine = await openEngine(options.engine);
    try {
      return await runRecipe(recipe, { ...options, seeds, settings, digits, engine });
    } finally {
      await engine.close();
    }
  });
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

/** What a recipe is run with. */
export interface RunRecipeOptions extends Pick<RunTableOptions, "out" | "signal" | "onProgress"> {
  readonly seeds: number;
  readonly settings: Settings;
  readonly digits: Digits;
  readonly engine: Engine;
  /** Steps between two checkpoints. */
  readonly checkpointEvery?: number;
  /** Steps between two calls of `onProgress`. */
  readonly logEvery?: number;
}

/** `runTable` for any recipe, settings, data and engine. */
export async function runRecipe(recipe: Recipe, options: RunRecipeOptions): Promise<Table> {
  const { out, settings, digits, engine, signal } = options;
  const study = { settings, data: digits.sha256, engine: engine.name };
  const progress = tableProgress(options);
  const lab = await openLaboratory({
    ...{ study, digits, engine, folder: out, onProgress: progress.update },
    ...(signal === undefined ? {} : { signal }),
    ...(options.checkpointEvery === undefined ? {} : { checkpointEvery: options.checkpointEvery }),
    ...(options.logEvery === undefined ? {} : { logEvery: options.logEvery }),
  });
  const seeds = Array.from({ length: options.seeds }, (_, seed) => seed);
  try {
    const isFull = JSON.stringify(settings) === JSON.stringify(FULL);
    await progress.expect(lab, recipe, seeds);
    const floors = await inTurn(seeds, (seed) => runFloors(lab, recipe.floors, seed));
    // Seed by seed, so that an interrupted study has whole seeds.
    const runs = await inTurn(seeds, (seed) => inTurn(recipe.variants, (variant) => runVariant(lab, variant, seed)));
    const timing = recipe.timedAgainst && (await timeSteps(lab, recipe.name, recipe.variants));
    return tableOf(recipe, {
      ...{ study, isSmoke: !isFull, seeds, floors, runs: runs.flat() },
      ...(timing === undefined ? {} : { timing }),
    });
  } catch (error) {
    throw signal?.aborted && isInterruption(error) ? await interrupted(lab, recipe, seeds, error) : error;
  }
}

async function inTurn<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/** Counts the steps of all runs of a table together: what is left is known from the beginning. */
function tableProgress({ settings, onProgress }: RunRecipeOptions) {
  const stepsOfRun = settings.epochs * stepsPerEpoch(settings);
  let [steps, before] = [0, 0];
  let current: { readonly stage: string; readonly first: number } | undefined;
  return {
    async expect(lab: Laboratory, { variants }: Recipe, seeds: readonly number[]): Promise<void> {
      const found = await inTurn(seeds, (seed) => inTurn(variants, (variant) => findRun(lab, variant, seed)));
      steps = stepsOfRun * found.flat().filter((record) => record === undefined).length;
    },
    update({
      stage,
      stepsDone,
      losses,
    }: {
      stage: string;
      stepsDone: number;
      losses: Readonly<Record<string, number>>;
    }) {
      // The autoencoder's come on top: whether it is to be learned is not known before it is asked for.
      if (current?.stage !== stage) {
        if (stage.startsWith("autoencoder")) steps += stepsOfRun;
        if (current !== undefined) before += stepsOfRun;
        current = { stage, first: before };
      }
      onProgress?.({ run: stage, stepsDone: before + stepsDone, steps, loss: losses["loss"]! });
    },
  };
}

function isInterruption(error: unknown): boolean {
  return isNextscaleError(error, "interrupted") || (error instanceof Error && error.name === "AbortError");
}

async function interrupted(
  lab: Laboratory,
  { variants }: Recipe,
  seeds: readonly number[],
  cause: unknown,
): Promise<NextscaleError> {
  const found = await inTurn(seeds, (seed) => inTurn(variants, (variant) => findRun(lab, variant, seed)));
  const done: RunRecord[] = found.flat().filter((record) => record !== undefined);
  return new NextscaleError({
    code: "interrupted",
    where: WHERE,
    expected: `${seeds.length * variants.length} runs`,
    got: `an interruption after ${done.length}`,
    fix: `what is done is in ${lab.folder}; run the same again to go on from there`,
    cause,
  });
}
