import { NextscaleError, isNextscaleError, type Engine } from "@nextscale/engine";
import { exclusively, openEngine, type EngineName } from "@nextscale/engine/node";
import { loadFeatureNetwork, loadMnist } from "@nextscale/images/node";
import { requireArgument, wholeWithin } from "@nextscale/refinement-core";
import { blankModel } from "../../study/cell/blank-model.js";
import { cellResults, STUDY_FORMAT, type StudyResults } from "../../study/report/results.js";
import { FULL_STEPS, QUICK_STEPS, STUDY_PARTS, studyPlan, type PlannedCell, type PlanSteps, type StudyPart } from "../../study/report/study-plan.js"; // prettier-ignore
import { cellCost } from "../../study/sampling/cost.js";
import { samplingId } from "../../study/sampling/sampling.js";
import { FULL_STUDY, QUICK_STUDY, type StudySettings } from "../../study/settings.js";
import { cellRunName } from "../../study/training/study-stage.js";
import { findCell, runCell, sampleCount } from "./run-cell.js";
import { runStudyFloors } from "./run-study-floors.js";
import { firstImages, studyNetworks, type StudyData, type StudyNetworks } from "./study-data.js";
import { openStudyLab, type StudyLab } from "./study-lab.js";

/** Options of {@link runStudy}. */
export interface RunStudyOptions {
  /** Folder of the records, which the other part and the next run of this one find. */
  readonly out: string;
  /** How many seeds, from 0; 1 unless told. */
  readonly seeds?: number;
  /** Few images, steps and plans: every part of the program, and figures that say nothing. */
  readonly quick?: boolean;
  readonly engine?: EngineName;
  /** Stops after the step or batch in progress and throws `interrupted`; running again goes on from there. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: StudyProgress) => void;
}

/** How far the study is. */
export interface StudyProgress {
  /** What is being done: `latents-gaussian-1-scale-seed-0`. */
  readonly run: string;
  /** Billions of floating-point operations of what is still to be trained and drawn, and how many of them are done. */
  readonly done: number;
  readonly total: number;
}

const WHERE = "paper/runStudy";

/** Most seeds. */
export const MOST_SEEDS = 100;

/**
 * Runs what a part of the section-6 study needs and is not in the folder yet, and brings the figures together.
 *
 * @throws NextscaleError `invalid-argument` for an unknown part, a number of seeds that is none, or a folder with results of
 *   other settings; `missing-data` without MNIST; `unwritable`; `interrupted` when the signal aborts
 */
export async function runStudy(part: StudyPart, options: RunStudyOptions): Promise<StudyResults> {
  const { out, quick = false, seeds = 1 } = options;
  requireArgument(WHERE, "the part", part, { expected: `one of ${STUDY_PARTS.join(", ")}`, fits: (value) => STUDY_PARTS.some((name) => name === value) }); // prettier-ignore
  requireArgument(WHERE, "seeds", seeds, wholeWithin(1, MOST_SEEDS));
  const settings = quick ? QUICK_STUDY : FULL_STUDY;
  const data = {
    train: firstImages(await loadMnist("train"), settings.trainingImages),
    test: firstImages(await loadMnist("test"), settings.testImages),
  };
  return exclusively(out, WHERE, async () => {
    const engine = await openEngine(options.engine);
    const features = await loadFeatureNetwork(options.engine === undefined ? {} : { engine: options.engine });
    try {
      const steps = quick ? QUICK_STEPS : FULL_STEPS;
      const networks = await studyNetworks(features);
      return await runPlan(part, studyPlan(part, steps), {
        ...options,
        seeds,
        settings,
        steps,
        data,
        networks,
        engine,
      });
    } finally {
      await features.close();
      await engine.close();
    }
  });
}

/** What a plan is run with. */
export interface RunPlanOptions extends Pick<RunStudyOptions, "out" | "signal" | "onProgress"> {
  readonly seeds: number;
  readonly settings: StudySettings;
  readonly steps: PlanSteps;
  readonly data: StudyData;
  readonly networks: StudyNetworks;
  readonly engine: Engine;
  /** Steps between two checkpoints. */
  readonly checkpointEvery?: number;
  /** Steps between two calls of `onProgress` in a training. */
  readonly logEvery?: number;
}

/** `runStudy` for any plan, settings, data and engine. */
export async function runPlan(
  name: StudyPart,
  plan: readonly PlannedCell[],
  options: RunPlanOptions,
): Promise<StudyResults> {
  const { out, settings, steps, data, networks, engine, signal } = options;
  const progress = studyProgress(options);
  const lab = await openStudyLab({
    ...{ settings, data, networks, engine, folder: out, onProgress: progress.onTraining },
    ...(signal === undefined ? {} : { signal }),
    ...(options.checkpointEvery === undefined ? {} : { checkpointEvery: options.checkpointEvery }),
    ...(options.logEvery === undefined ? {} : { logEvery: options.logEvery }),
  });
  const seeds = Array.from({ length: options.seeds }, (_, seed) => seed);
  try {
    await progress.expect(lab, plan, seeds);
    const floors = [];
    for (const seed of seeds) floors.push(await runStudyFloors(lab, seed));
    const outcomes = plan.map((): Awaited<ReturnType<typeof runCell>>[] => []);
    // Seed by seed, so that an interrupted study has whole seeds.
    for (const seed of seeds) {
      for (const [i, planned] of plan.entries()) {
        outcomes[i]!.push(await runCell(lab, planned, seed, (sampling, count) => progress.onSamples(planned, seed, sampling, count))); // prettier-ignore
      }
    }
    return {
      ...{ format: STUDY_FORMAT, name, study: lab.study, steps, seeds, floors },
      isSmoke: JSON.stringify(settings) !== JSON.stringify(FULL_STUDY),
      cells: plan.map((planned, i) => cellResults(planned, outcomes[i]!)),
    };
  } catch (error) {
    if (!signal?.aborted || !isInterruption(error)) throw error;
    throw new NextscaleError({
      code: "interrupted",
      where: WHERE,
      expected: `${seeds.length * plan.length} cells`,
      got: "an interruption",
      fix: `what is done is in ${lab.folder}; run the same again to go on from there`,
      cause: error,
    });
  }
}

/** Whether an error says that a run was stopped. */
export function isInterruption(error: unknown): boolean {
  return isNextscaleError(error, "interrupted") || (error instanceof Error && error.name === "AbortError");
}

/** Counts the operations of all that is to be done together: steps of one cell take many times those of another. */
function studyProgress({ settings, onProgress }: RunPlanOptions) {
  const costs = new Map<string, ReturnType<typeof cellCost>>();
  let [total, before] = [0, 0];
  let current: { readonly name: string; readonly operations: number; readonly found: number } | undefined;
  const report = (run: string, done: number): void => onProgress?.({ run, done: done / 1e9, total: total / 1e9 });
  return {
    async expect(lab: StudyLab, plan: readonly PlannedCell[], seeds: readonly number[]): Promise<void> {
      for (const { cell, samplings } of plan) {
        const model = await blankModel(cell, lab.networks, settings);
        for (const seed of seeds) {
          const { record } = await findCell(lab, cell, seed);
          const missing = samplings.filter((one) => record?.samples[samplingId(one)] === undefined);
          if (missing.length === 0) continue;
          const cost = cellCost(model);
          costs.set(cellRunName(cell, seed), cost);
          if (record === undefined) total += cost.training(settings.training);
          for (const one of missing) total += cost.sample(one) * sampleCount(one, cell.sides.length, settings);
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
      const operations = costs.get(stage)!.training(settings.training);
      if (current?.name !== stage) current = { name: stage, operations, found: before };
      before = current.found + (operations * stepsDone) / steps;
      report(stage, before);
    },
    onSamples({ cell }: PlannedCell, seed: number, sampling: PlannedCell["samplings"][number], count: number) {
      const run = cellRunName(cell, seed);
      before += costs.get(run)!.sample(sampling) * count;
      report(run, before);
    },
  };
}
