import type { NamedArrays } from "@nextscale/engine";
import { embedDataset, type ImageDataset } from "@nextscale/images";
import { compiledPrograms, type CompiledPrograms, type Stage } from "@nextscale/refinement-core";
import { runStage } from "@nextscale/refinement-core/node";
import * as z from "zod";
import { usualCell } from "../../study/cell/cell.js";
import { ABLATED } from "../../study/cell/cells.js";
import { residualDeviations } from "../../study/codes/fit-cell.js";
import { categoricalModel, type CategoricalModel } from "../../study/head/categorical.js";
import type { EpsilonModel } from "../../study/head/epsilon.js";
import { frechetMeter, resamplingMeter, type ResamplingMeter } from "../../study/measure/set-distance.js";
import { cellCost } from "../../study/sampling/cost.js";
import { PLAIN } from "../../study/sampling/sampling.js";
import { studySettingsSchema } from "../../study/settings.js";
import { studyLayout, trainedWeights } from "../../study/training/study-program.js";
import { studyStage, type TrainingItems } from "../../study/training/study-stage.js";
import { distillationProgram, studentOf } from "../../study/tricks/distillation.js";
import type { TrickIdentity } from "../../study/tricks/records.js";
import { scaleSignalToNoise } from "../../study/tricks/scale-snr.js";
import type { SampledTrick, Trick, TrickGround } from "../../study/tricks/trick.js";
import { BASE } from "../../study/tricks/tricks.js";
import { onlyOnce } from "../once.js";
import { latentItems, type StudyData } from "./study-data.js";
import { openStudyLab, type StudyLab, type StudyLabOptions } from "./study-lab.js";

/** What all runs of the comparison of tricks share. */
export interface TrickLab extends Omit<StudyLab, "model" | "trained"> {
  readonly identity: TrickIdentity;
  readonly tricks: TrickGround;
  /** Operations of a sample of the base model. */
  readonly baseOperations: number;
  readonly validationItems: TrainingItems;
  /** Distances to test images, with their resamples, and to validation images. */
  readonly meters: () => Promise<{
    readonly test: ResamplingMeter;
    readonly validation: (images: Float32Array) => Promise<number>;
  }>;
  readonly model: (trick: LearnedTrick) => Promise<TrickModel>;
  /** Weights of a trick, and of the base model, trained from their checkpoints if there are any. */
  readonly trained: (trick: LearnedTrick, model: TrickModel, seed: number) => Promise<NamedArrays>;
  readonly trainedBase: (seed: number) => Promise<NamedArrays>;
  readonly compiled: (weights: NamedArrays) => CompiledPrograms;
  /** The distance of a candidate to the validation images, measured once for all tricks that sample in that way. */
  readonly validatedOnce: (candidate: CandidateOfSeed, make: () => Promise<number>) => Promise<number>;
}

/** What samples for a choice are a function of. */
export interface CandidateOfSeed {
  readonly apply: SampledTrick["apply"];
  readonly values: readonly number[];
  readonly seed: number;
}

/** A trick with a training of its own. */
export type LearnedTrick = Exclude<Trick, SampledTrick>;

/** What tricks are: codes, or residuals that noise is taken from. */
export type TrickModel = CategoricalModel | EpsilonModel;

/** Images of the comparison of tricks. */
export interface TrickData extends StudyData {
  /** Training images that are held out. */
  readonly validation: ImageDataset;
}

/** What the comparison of tricks is opened with. */
export interface TrickLabOptions extends Omit<StudyLabOptions, "data"> {
  readonly data: TrickData;
}

/** What makes a training the same training when it is resumed, besides its seed, data and engine. */
const trickRunSchema = z.strictObject({ trick: z.string(), settings: studySettingsSchema });

type TrickRunConfig = z.infer<typeof trickRunSchema>;

type TrickStage = Stage<TrickRunConfig, Promise<NamedArrays>>;

/** Opens the comparison in a folder, which is made. */
export async function openTrickLab(options: TrickLabOptions): Promise<TrickLab> {
  const { data, networks, engine, signal } = options;
  const lab = await openStudyLab(options);
  const { settings } = lab;
  const once = onlyOnce();
  const fitting = await lab.fitting(ABLATED);
  const ground = { domain: fitting.domain, space: fitting.space, coder: await lab.coder(ABLATED) };
  const base = categoricalModel(ABLATED, ground, settings);
  const signalToNoise = () =>
    once("signal to noise", () => scaleSignalToNoise(engine, base, fitting.items, fitting.count));
  const continuous = () =>
    once("continuous", async () => {
      const own = await lab.fitting(usualCell("latents", "epsilon", ABLATED.sides));
      return { domain: own.domain, space: own.space, deviations: await residualDeviations(own) };
    });
  const tricks: TrickGround = { cell: ABLATED, ground, settings, base, continuous, signalToNoise };

  const stageOf = (id: string, model: TrickModel, seed: number): TrickStage => ({
    ...studyStage(ABLATED, model, { items: lab.items("latents", "train"), settings, seed }),
    ...{ name: `${id}-seed-${seed}`, kind: "paper/tricks", layout: () => studyLayout(model) },
  });
  const finish = async (id: string, seed: number, stage: TrickStage): Promise<NamedArrays> =>
    trainedWeights((await runStage(lab.training({ trick: id, settings }, trickRunSchema, seed), stage)).state);
  const trainedBase: TrickLab["trainedBase"] = async (seed) => finish(BASE.id, seed, stageOf(BASE.id, base, seed));
  return {
    ...{ ...lab, tricks, trainedBase, baseOperations: cellCost(base).sample(PLAIN) },
    identity: { study: lab.study, validationImages: data.validation.count },
    validationItems: latentItems(
      { engine, tokeniser: networks.tokeniser, ...(signal === undefined ? {} : { signal }) },
      data.validation,
    ),
    meters: () =>
      once("meters", async () => {
        const featuresOf = async (images: ImageDataset) => (await embedDataset(networks.features, images)).features;
        return {
          test: resamplingMeter(networks.features, await featuresOf(data.test), settings.resamples),
          // Choices compare distances alone: a bootstrap of each candidate would take many times longer.
          validation: frechetMeter(networks.features, await featuresOf(data.validation)),
        };
      }),
    model: async (trick) => (trick.kind === "distilled" ? trick.model(base) : trick.model(tricks)),
    async trained(trick, model, seed) {
      const stage = stageOf(trick.id, model, seed);
      if (trick.kind !== "distilled") return finish(trick.id, seed, stage);
      const program = () => distillationProgram(base, settings.training);
      return finish(trick.id, seed, { ...stage, program, ...studentOf(base, await trainedBase(seed)) });
    },
    validatedOnce: memoryOfCandidates(),
    compiled: (weights) => compiledPrograms(engine, weights, { where: "paper/tricks" }),
  };
}

/** Remembers what it made by the way to sample, its values, and the seed. */
export function memoryOfCandidates(): TrickLab["validatedOnce"] {
  const memories = new Map<SampledTrick["apply"], ReturnType<typeof onlyOnce>>();
  return ({ apply, values, seed }, make) => {
    const once = memories.get(apply) ?? onlyOnce();
    memories.set(apply, once);
    return once(`${seed}: ${values.join()}`, make);
  };
}
