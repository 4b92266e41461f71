import { requireArgument } from "@nextscale/refinement-core";
import { loadMnist } from "@nextscale/images/node";
import type { StageProgress } from "@nextscale/refinement-core/node";
import { blankModel } from "../../study/cell/blank-model.js";
import { cellId, type Cell } from "../../study/cell/cell.js";
import { isCompared } from "../../study/report/headline.js";
import { cellResults, STUDY_FORMAT, type StudyResults } from "../../study/report/results.js";
import { FULL_STEPS, QUICK_STEPS, STUDY_PARTS, studyPlan, type PlannedCell, type PlanSteps, type StudyPart } from "../../study/report/study-plan.js"; // prettier-ignore
import { cellCost, type CellCost } from "../../study/sampling/cost.js";
import { evaluationsOf, samplingId, type Sampling } from "../../study/sampling/sampling.js";
import { FULL_STUDY, QUICK_STUDY, type StudySettings } from "../../study/settings.js";
import { cellRunName } from "../../study/training/study-stage.js";
import { inTurn, seedBySeed } from "../in-turn.js";
import { onlyOnce } from "../once.js";
import { resumable } from "../resumable.js";
import { seedNumbers, type RunOptions } from "../run-options.js";
import { findCell, runCell, sampleCount, type CellPlan } from "./run-cell.js";
import { runStudyFloors } from "./run-study-floors.js";
import { firstImages, type StudyData } from "./study-data.js";
import { openStudyLab, type StudyLab } from "./study-lab.js";
import { findSamplingTimes, timedSamples, timeSamplings } from "./time-samplings.js";
import { withStudy, type OpenStudy } from "./with-study.js";

const WHERE = "paper/runStudy";

/**
 * Runs what a part of the section-6 study needs and is not in the folder yet, and brings the figures together.
 *
 * @throws NextscaleError `invalid-argument` for an unknown part, a number of seeds that is none, or a folder with results of
 *   other settings; `missing-data` without MNIST; `unwritable`; `interrupted` when the signal aborts
 */
export async function runStudy(part: StudyPart, options: RunOptions): Promise<StudyResults> {
  const { quick = false } = options;
  requireArgument(WHERE, "the part", part, { expected: `one of ${STUDY_PARTS.join(", ")}`, fits: (value) => STUDY_PARTS.some((name) => name === value) }); // prettier-ignore
  const seeds = seedNumbers(WHERE, options.seeds ?? 1);
  const settings = quick ? QUICK_STUDY : FULL_STUDY;
  const steps = quick ? QUICK_STEPS : FULL_STEPS;
  const data = {
    train: firstImages(await loadMnist("train"), settings.trainingImages),
    test: firstImages(await loadMnist("test"), settings.testImages),
  };
  return withStudy(WHERE, options, seeds, (open) =>
    runPlan(part, studyPlan(part, steps), { ...open, settings, steps, data }),
  );
}

/** What a plan is run with. */
export interface RunPlanOptions extends OpenStudy {
  readonly settings: StudySettings;
  readonly steps: PlanSteps;
  readonly data: StudyData;
}

/** `runStudy` for any plan, settings, data and engine. */
export async function runPlan(
  name: StudyPart,
  plan: readonly PlannedCell[],
  options: RunPlanOptions,
): Promise<StudyResults> {
  const { out, seeds, settings, steps, signal } = options;
  const progress = studyProgress(options);
  const lab = await openStudyLab({ ...options, folder: out, onProgress: progress.onTraining });
  const expected = `${seeds.length * plan.length} cells`;
  return resumable({ where: WHERE, expected, folder: lab.folder, signal }, async (tellDone) => {
    const compared = name === "frontier" ? comparedPlans(plan, options) : [];
    await progress.expect(lab, plan, seeds);
    await progress.expectTimes(lab, compared, seeds[0]!);
    const floors = await inTurn(seeds, (seed) => runStudyFloors(lab, seed));
    const outcomes = await seedBySeed(seeds, plan, async (planned, seed) => {
      const outcome = await runCell(lab, planned, seed, (...drawn) => progress.onSamples(planned, seed, ...drawn));
      tellDone();
      return outcome;
    });
    const onTimed = (cell: Cell, ...drawn: readonly [Sampling, number]) =>
      progress.onSamples({ cell }, seeds[0]!, ...drawn);
    const timed = compared.length === 0 ? undefined : await timeSamplings(lab, compared, seeds[0]!, onTimed);
    const cells = await inTurn(plan, async (planned, place) => {
      const { training } = await progress.costOf(lab, planned.cell);
      return cellResults(planned, outcomes[place]!, training(settings.training), timed);
    });
    return {
      ...{ format: STUDY_FORMAT, name, study: lab.study, steps, seeds, floors },
      isSmoke: JSON.stringify(settings) !== JSON.stringify(FULL_STUDY),
      cells,
    };
  });
}

/** What the headline compares by its seconds, cell by cell. */
function comparedPlans(plan: readonly PlannedCell[], { steps, settings }: RunPlanOptions): readonly CellPlan[] {
  return plan
    .map(({ cell, samplings }) => {
      const scales = cell.sides.length;
      const isOne = (one: Sampling) =>
        sampleCount(one, scales, settings) === settings.samples &&
        isCompared({ kind: one.kind, scales, evaluations: evaluationsOf(one, scales) }, steps);
      return { cell, samplings: samplings.filter(isOne) };
    })
    .filter(({ samplings }) => samplings.length > 0);
}

/** Counts the operations of all that is to be done together: steps of one cell take many times those of another. */
function studyProgress({ settings, onProgress }: RunPlanOptions) {
  const costs = new Map<string, CellCost>();
  const once = onlyOnce();
  const costOf = (lab: StudyLab, cell: Cell): Promise<CellCost> =>
    once(cellId(cell), async () => cellCost(await blankModel(cell, lab.networks, settings)));
  let [total, before] = [0, 0];
  let current: { readonly name: string; readonly operations: number; readonly found: number } | undefined;
  const report = (run: string, done: number): void =>
    onProgress?.({ run, done: done / 1e9, total: total / 1e9, unit: "GFLOP" });
  return {
    costOf,
    async expect(lab: StudyLab, plan: readonly PlannedCell[], seeds: readonly number[]): Promise<void> {
      for (const { cell, samplings } of plan) {
        for (const seed of seeds) {
          const { record } = await findCell(lab, cell, seed);
          const missing = samplings.filter((one) => record?.samples[samplingId(one)] === undefined);
          if (missing.length === 0) continue;
          const cost = await costOf(lab, cell);
          costs.set(cellRunName(cell, seed), cost);
          if (record === undefined) total += cost.training(settings.training);
          for (const one of missing) total += cost.sample(one) * sampleCount(one, cell.sides.length, settings);
        }
      }
    },
    async expectTimes(lab: StudyLab, compared: readonly CellPlan[], seed: number): Promise<void> {
      if ((await findSamplingTimes(lab, compared)) !== undefined) return;
      for (const { cell, samplings } of compared) {
        const cost = await costOf(lab, cell);
        costs.set(cellRunName(cell, seed), cost);
        for (const one of samplings) total += cost.sample(one) * timedSamples(settings);
      }
    },
    onTraining({ stage, stepsDone, steps }: StageProgress) {
      const operations = costs.get(stage)!.training(settings.training);
      if (current?.name !== stage) current = { name: stage, operations, found: before };
      before = current.found + (operations * stepsDone) / steps;
      report(stage, before);
    },
    onSamples({ cell }: Pick<PlannedCell, "cell">, seed: number, sampling: Sampling, count: number) {
      const run = cellRunName(cell, seed);
      before += costs.get(run)!.sample(sampling) * count;
      report(run, before);
    },
  };
}
