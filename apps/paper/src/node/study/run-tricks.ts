import { join } from "node:path";
import { NextscaleError, type Engine } from "@nextscale/engine";
import { exclusively, openEngine } from "@nextscale/engine/node";
import { loadFeatureNetwork, loadMnist } from "@nextscale/images/node";
import { requireArgument, wholeWithin } from "@nextscale/refinement-core";
import { cellCost } from "../../study/sampling/cost.js";
import { PLAIN } from "../../study/sampling/sampling.js";
import { figuresOf, trickRow, TRICKS_FORMAT, type TrickOutcome, type TrickResults } from "../../study/tricks/results.js"; // prettier-ignore
import { FULL_TRICKS, QUICK_TRICKS, type TrickSettings } from "../../study/tricks/settings.js";
import type { Trick } from "../../study/tricks/trick.js";
import { BASE, TRICKS } from "../../study/tricks/tricks.js";
import { runStudyFloors } from "./run-study-floors.js";
import { isInterruption, MOST_SEEDS, type RunStudyOptions } from "./run-study.js";
import { findTrick, runTrick } from "./run-trick.js";
import { firstImages, imagesBetween, studyNetworks, type StudyNetworks } from "./study-data.js";
import { openTrickLab, type TrickData, type TrickLab } from "./trick-lab.js";

const WHERE = "paper/runTricks";

/** Folder of the runs: they see fewer training images than those of the matrix, so none is shared with it. */
const HELD_OUT = "held-out";

/**
 * Trains and samples what the comparison of tricks needs and is not in the folder yet, and brings the figures together.
 *
 * @throws NextscaleError `invalid-argument` for a number of seeds that is none, or a folder with results of other settings;
 *   `missing-data` without MNIST; `unwritable`; `interrupted` when the signal aborts
 */
export async function runTricks(options: RunStudyOptions): Promise<TrickResults> {
  const { out, quick = false, seeds = 1 } = options;
  requireArgument(WHERE, "seeds", seeds, wholeWithin(1, MOST_SEEDS));
  const settings = quick ? QUICK_TRICKS : FULL_TRICKS;
  const { trainingImages, testImages } = settings.study;
  const all = await loadMnist("train");
  const data: TrickData = {
    train: firstImages(all, trainingImages),
    validation: imagesBetween(all, trainingImages, trainingImages + settings.validationImages),
    test: firstImages(await loadMnist("test"), testImages),
  };
  return exclusively(out, WHERE, async () => {
    const engine = await openEngine(options.engine);
    const features = await loadFeatureNetwork(options.engine === undefined ? {} : { engine: options.engine });
    try {
      const networks = await studyNetworks(features);
      return await compareTricks(TRICKS, { ...options, seeds, settings, data, networks, engine });
    } finally {
      await features.close();
      await engine.close();
    }
  });
}

/** What a comparison is run with. */
export interface CompareTricksOptions extends Pick<RunStudyOptions, "out" | "signal" | "onProgress"> {
  readonly seeds: number;
  readonly settings: TrickSettings;
  readonly data: TrickData;
  readonly networks: StudyNetworks;
  readonly engine: Engine;
  /** Steps between two checkpoints. */
  readonly checkpointEvery?: number;
  /** Steps between two calls of `onProgress` in a training. */
  readonly logEvery?: number;
}

/** `runTricks` for any tricks, settings, data and engine. */
export async function compareTricks(tricks: readonly Trick[], options: CompareTricksOptions): Promise<TrickResults> {
  const { out, settings, data, networks, engine, signal } = options;
  const progress = trickProgress(options);
  const seeds = Array.from({ length: options.seeds }, (_, seed) => seed);
  const all = [BASE, ...tricks];
  const folder = join(out, HELD_OUT);
  try {
    const lab = await openTrickLab({
      ...{ settings: settings.study, data, networks, engine, folder, onProgress: progress.onTraining },
      ...(signal === undefined ? {} : { signal }),
      ...(options.checkpointEvery === undefined ? {} : { checkpointEvery: options.checkpointEvery }),
      ...(options.logEvery === undefined ? {} : { logEvery: options.logEvery }),
    });
    await progress.expect(lab, all, seeds);
    const floors = [];
    for (const seed of seeds) floors.push(await runStudyFloors(lab, seed));
    const outcomes = all.map((): TrickOutcome[] => []);
    // Seed by seed, so that an interrupted comparison has whole seeds.
    for (const seed of seeds) {
      for (const [i, trick] of all.entries()) {
        const onSamples = (operations: number) => progress.onSamples(trick.id, seed, operations);
        outcomes[i]!.push(await runTrick(lab, trick, seed, onSamples));
      }
    }
    const [base, ...own] = all.map((trick, i) => figuresOf(trick, outcomes[i]!));
    return {
      ...{ format: TRICKS_FORMAT, name: "tricks", identity: lab.identity, settings, seeds, floors, base: base! },
      isSmoke: JSON.stringify(settings) !== JSON.stringify(FULL_TRICKS),
      tricks: own.map((figures) => trickRow(base!, figures)),
    };
  } catch (error) {
    if (!signal?.aborted || !isInterruption(error)) throw error;
    throw new NextscaleError({
      code: "interrupted",
      where: WHERE,
      expected: `${seeds.length * all.length} models`,
      got: "an interruption",
      fix: `what is done is in ${folder}; run the same again to go on from there`,
      cause: error,
    });
  }
}

/** Evaluations of one sample of each candidate that a choice will try: the choice is made once for nothing. */
async function evaluationsOfChoice(trick: Trick, scales: number, vocabulary: number): Promise<number> {
  if (trick.kind !== "sampled") return 0;
  let evaluations = 0;
  await trick.choose(scales, {
    vocabulary,
    async distance({ values }) {
      evaluations += trick.evaluations(values);
      return 0;
    },
    codeNats: async (temperatures) => Array.from({ length: scales }, () => temperatures.map(() => 0)),
  });
  return evaluations;
}

/** Counts the operations of all that is to be done; those of choices by their evaluations, as if all scales cost alike. */
function trickProgress({ settings, onProgress }: CompareTricksOptions) {
  const trainings = new Map<string, number>();
  let [total, before] = [0, 0];
  let current: { readonly name: string; readonly found: number } | undefined;
  const report = (run: string): void => {
    total = Math.max(total, before);
    onProgress?.({ run, done: before / 1e9, total: total / 1e9 });
  };
  return {
    async expect(lab: TrickLab, tricks: readonly Trick[], seeds: readonly number[]): Promise<void> {
      const cost = cellCost(lab.tricks.base);
      const scales = lab.tricks.base.space.tokens.length;
      for (const trick of tricks) {
        for (const seed of seeds) {
          if ((await findTrick(lab, trick, seed)).record !== undefined) continue;
          const training = trick.kind === "sampled" ? 0 : (cost.training(settings.study.training) * trick.passes) / 3;
          trainings.set(`${trick.id}-seed-${seed}`, training);
          const tried = await evaluationsOfChoice(trick, scales, lab.tricks.base.coder.forms[0]!.vocabulary);
          const { samples, fewSamples } = settings.study;
          total += training + cost.sample(PLAIN) * (samples + (tried / scales) * fewSamples);
        }
      }
    },
    onTraining({
      stage,
      stepsDone,
      steps,
    }: {
      readonly stage: string;
      readonly stepsDone: number;
      readonly steps: number;
    }) {
      if (current?.name !== stage) current = { name: stage, found: before };
      before = current.found + ((trainings.get(stage) ?? 0) * stepsDone) / steps;
      report(stage);
    },
    onSamples(id: string, seed: number, operations: number) {
      before += operations;
      report(`${id}-seed-${seed}`);
    },
  };
}
