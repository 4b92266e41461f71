import type { Engine } from "@nextscale/engine";
import type { HostTensor, Pca, Stage } from "@nextscale/refinement-core";
import { runStage, type StageResult, type TrainingRun } from "@nextscale/refinement-core/node";
import type { Digits } from "../data/digits.js";
import { tabulatedNoise, type NoiseSource } from "../data/noise.js";
import { digitComponents } from "../floors/linear-filter.js";
import { testImages, type TestImages } from "../measure/scores.js";
import type { FrozenAutoencoder } from "../setup/frozen.js";
import type { Prepared } from "../setup/method-of.js";
import type { Study } from "../table/records.js";
import { autoencoderStage, frozenAutoencoder } from "../training/autoencoder-stage.js";
import { runConfigSchema, type RunConfig } from "../training/run-config.js";
import { onlyOnce } from "./once.js";
import { codebookOf, latentsOf } from "./prepare.js";
import { openTrainingRuns, type TrainingOptions } from "./training-runs.js";

/** What all runs of a study share: the data, an engine, and what is made once and used by many. */
export interface Laboratory {
  readonly study: Study;
  readonly digits: Digits;
  readonly engine: Engine;
  /** Folder of records and checkpoints. */
  readonly folder: string;
  readonly test: TestImages;
  readonly signal?: AbortSignal;
  /** Principal components of the training images. */
  readonly components: () => Promise<Pca>;
  /** What is the same for all seeds: made once, by its name. */
  readonly seedless: <T>(name: string, make: () => Promise<T>) => Promise<T>;
  /** Noise for the trainings of a seed. */
  readonly noise: (seed: number) => Promise<NoiseSource>;
  /** What the variants of a seed find ready. */
  readonly prepared: (seed: number) => Prepared;
  /** Runs a stage from its checkpoint, if there is one. */
  readonly train: (stage: Stage<RunConfig>, run: StageRun) => Promise<StageResult>;
}

/** What is particular to the training of one stage. */
export type StageRun = Pick<TrainingRun<RunConfig>, "observe"> & {
  readonly variant: RunConfig["variant"];
  readonly seed: number;
};

/** What a laboratory is opened with. */
export interface LaboratoryOptions extends TrainingOptions {
  readonly study: Study;
  readonly digits: Digits;
}

/** Steps between two checkpoints unless told: a few per cent of a run. */
const CHECKPOINT_EVERY = 500;

/** Opens the laboratory of a study in a folder, which is made. */
export async function openLaboratory(options: LaboratoryOptions): Promise<Laboratory> {
  const { study, digits, engine, signal } = options;
  const { folder, training } = await openTrainingRuns(options, digits.sha256, CHECKPOINT_EVERY);
  const train: Laboratory["train"] = (stage, { variant, seed, observe }) => {
    const run = training<RunConfig>({ variant, settings: study.settings }, runConfigSchema, seed);
    return runStage({ ...run, ...(observe === undefined ? {} : { observe }) }, stage);
  };
  const once = onlyOnce();
  const autoencoderOf = (seed: number): Promise<FrozenAutoencoder> =>
    once(`autoencoder ${seed}`, async () => {
      const stage = autoencoderStage(digits.training, study.settings, seed);
      return frozenAutoencoder((await train(stage, { variant: "autoencoder", seed })).state);
    });
  const latents = (seed: number): Promise<Float32Array> =>
    once(`latents ${seed}`, async () => latentsOf(engine, await autoencoderOf(seed), digits.training));
  const codebook = (seed: number, parts: number): Promise<HostTensor> =>
    once(`codebook ${seed} ${parts}`, async () => codebookOf(await latents(seed), parts, seed));
  return {
    ...{ study, digits, engine, folder, train, test: testImages(digits.test) },
    ...(signal === undefined ? {} : { signal }),
    seedless: (name, make) => once(`seedless ${name}`, make),
    noise: (seed) => once(`noise ${seed}`, async () => tabulatedNoise(seed)),
    components: () => once("components", () => digitComponents(digits.training, signal)),
    prepared: (seed) => ({ autoencoder: () => autoencoderOf(seed), codebook: (parts) => codebook(seed, parts) }),
  };
}
