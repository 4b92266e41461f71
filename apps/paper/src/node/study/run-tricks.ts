import { join } from "node:path";
import { loadMnist } from "@nextscale/images/node";
import type { StageProgress } from "@nextscale/refinement-core/node";
import { cellCost } from "../../study/sampling/cost.js";
import { PLAIN } from "../../study/sampling/sampling.js";
import { figuresOf, trickRow, TRICKS_FORMAT, type TrickResults } from "../../study/tricks/results.js";
import { FULL_TRICKS, QUICK_TRICKS, type TrickSettings } from "../../study/tricks/settings.js";
import type { Trick } from "../../study/tricks/trick.js";
import { BASE, TRICKS } from "../../study/tricks/tricks.js";
import { inTurn, seedBySeed } from "../in-turn.js";
import { resumable } from "../resumable.js";
import { seedNumbers, type RunOptions } from "../run-options.js";
import { runStudyFloors } from "./run-study-floors.js";
import { findTrick, runTrick } from "./run-trick.js";
import { firstImages, imagesBetween } from "./study-data.js";
import { memoryOfCandidates, openTrickLab, type TrickData, type TrickLab } from "./trick-lab.js";
import { withStudy, type OpenStudy } from "./with-study.js";

const WHERE = "paper/runTricks";

/** Folder of the runs: they see fewer training images than those of the matrix, so none is shared with it. */
const HELD_OUT = "held-out";

/**
 * Trains and samples what the comparison of tricks needs and is not in the folder yet, and brings the figures together.
 *
 * @throws NextscaleError `invalid-argument` for a number of seeds that is none, or a folder with results of other settings;
 *   `missing-data` without MNIST; `unwritable`; `interrupted` when the signal aborts
 */
export async function runTricks(options: RunOptions): Promise<TrickResults> {
  const { quick = false } = options;
  const seeds = seedNumbers(WHERE, options.seeds ?? 1);
  const settings = quick ? QUICK_TRICKS : FULL_TRICKS;
  const { trainingImages, testImages } = settings.study;
  const all = await loadMnist("train");
  const data: TrickData = {
    train: firstImages(all, trainingImages),
    validation: imagesBetween(all, trainingImages, trainingImages + settings.validationImages),
    test: firstImages(await loadMnist("test"), testImages),
  };
  return withStudy(WHERE, options, seeds, (open) => compareTricks(TRICKS, { ...open, settings, data }));
}

/** What a comparison is run with. */
export interface CompareTricksOptions extends OpenStudy {
  readonly settings: TrickSettings;
  readonly data: TrickData;
}

/** `runTricks` for any tricks, settings, data and engine. */
export async function compareTricks(tricks: readonly Trick[], options: CompareTricksOptions): Promise<TrickResults> {
  const { seeds, settings, signal } = options;
  const progress = trickProgress(options);
  const all = [BASE, ...tricks];
  const folder = join(options.out, HELD_OUT);
  const expected = `${seeds.length * all.length} models`;
  return resumable({ where: WHERE, expected, folder, signal }, async (tellDone) => {
    const lab = await openTrickLab({ ...options, settings: settings.study, folder, onProgress: progress.onTraining });
    await progress.expect(lab, all, seeds);
    const floors = await inTurn(seeds, (seed) => runStudyFloors(lab, seed));
    const outcomes = await seedBySeed(seeds, all, async (trick, seed) => {
      const onSamples = (operations: number) => progress.onSamples(trick.id, seed, operations);
      const outcome = await runTrick(lab, trick, seed, onSamples);
      tellDone();
      return outcome;
    });
    const [base, ...own] = all.map((trick, i) => figuresOf(trick, outcomes[i]!));
    return {
      ...{ format: TRICKS_FORMAT, name: "tricks", identity: lab.identity, settings, seeds, floors, base: base! },
      isSmoke: JSON.stringify(settings) !== JSON.stringify(FULL_TRICKS),
      tricks: own.map((figures) => trickRow(base!, figures)),
    };
  });
}

/** What choices are made for nothing with: candidates of earlier ones are not tried again. */
interface ChoicePlan {
  readonly scales: number;
  readonly vocabulary: number;
  readonly once: TrickLab["validatedOnce"];
}

/** Evaluations of one sample of each candidate that a choice will try: the choice is made once for nothing. */
async function evaluationsOfChoice(trick: Trick, seed: number, plan: ChoicePlan): Promise<number> {
  if (trick.kind === "denoised") return trick.samplings.reduce((sum, { steps }) => sum + steps * plan.scales, 0);
  if (trick.kind !== "sampled") return 0;
  const { scales, vocabulary, once } = plan;
  let evaluations = 0;
  await trick.choose(scales, {
    vocabulary,
    distance: ({ values }) =>
      once({ apply: trick.apply, values, seed }, async () => {
        evaluations += trick.evaluations(values);
        return 0;
      }),
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
    onProgress?.({ run, done: before / 1e9, total: total / 1e9, unit: "GFLOP" });
  };
  return {
    async expect(lab: TrickLab, tricks: readonly Trick[], seeds: readonly number[]): Promise<void> {
      const cost = cellCost(lab.tricks.base);
      const { space, coder } = lab.tricks.base;
      const scales = space.tokens.length;
      const plan = { scales, vocabulary: coder.forms[0]!.vocabulary, once: memoryOfCandidates() };
      for (const trick of tricks) {
        for (const seed of seeds) {
          if ((await findTrick(lab, trick, seed)).record !== undefined) continue;
          const training = trick.kind === "sampled" ? 0 : (cost.training(settings.study.training) * trick.passes) / 3;
          trainings.set(`${trick.id}-seed-${seed}`, training);
          const tried = await evaluationsOfChoice(trick, seed, plan);
          const { samples, fewSamples } = settings.study;
          total += training + cost.sample(PLAIN) * (samples + (tried / scales) * fewSamples);
        }
      }
    },
    onTraining({ stage, stepsDone, steps }: StageProgress) {
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
