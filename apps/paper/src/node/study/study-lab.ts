import type { Engine } from "@nextscale/engine";
import { embedDataset, pixelFloors, type PixelFloors } from "@nextscale/images";
import { compiledPrograms, type CompiledPrograms, type Pca } from "@nextscale/refinement-core";
import { runStage } from "@nextscale/refinement-core/node";
import { digitComponents } from "../../floors/linear-filter.js";
import type { CategoricalCell, Cell, SpaceName } from "../../study/cell/cell.js";
import { fittedCoder, groundOf, isOfTokeniser, modelOf, tokeniserCoder, type AnyCellModel } from "../../study/cell/model-of.js"; // prettier-ignore
import { fitCellCodebooks, residualDeviations, type Fitting } from "../../study/codes/fit-cell.js";
import type { Coder } from "../../study/head/categorical.js";
import type { CellModel } from "../../study/head/cell-model.js";
import type { DecodedCodes } from "../../study/likelihood/decoded-codes.js";
import { setMeter, type SetDistance, type SetMeter } from "../../study/measure/set-distance.js";
import type { StudyIdentity } from "../../study/report/records.js";
import type { StudySettings } from "../../study/settings.js";
import { standardOf } from "../../study/space/domain.js";
import { trainedWeights } from "../../study/training/study-program.js";
import { cellRunSchema, studyStage, type TrainingItems } from "../../study/training/study-stage.js";
import { onlyOnce } from "../once.js";
import { openTrainingRuns, type TrainingOptions, type TrainingRuns } from "../training-runs.js";
import { decodedLatents } from "./decoded-latents.js";
import { imageItems, latentItems, type StudyData, type StudyNetworks } from "./study-data.js";

/** What all runs of the study share: the data, the networks, an engine, and what is made once and used by many. */
export interface StudyLab extends TrainingRuns {
  readonly study: StudyIdentity;
  readonly settings: StudySettings;
  readonly data: StudyData;
  readonly networks: StudyNetworks;
  readonly engine: Engine;
  readonly signal?: AbortSignal;
  readonly meter: () => Promise<SetMeter>;
  /** What floors are made of whatever the seed: principal components of the training images, and bits of histograms. */
  readonly components: () => Promise<Pca>;
  readonly histograms: () => Promise<PixelFloors>;
  /** Test images as their latents decode, against the test images. */
  readonly latentsDecoded: () => Promise<SetDistance>;
  /** What cells of a space read. */
  readonly items: (space: SpaceName, part: keyof StudyData) => TrainingItems;
  readonly model: (cell: Cell) => Promise<AnyCellModel>;
  /** Training items of a cell's space and what they have to do with it: what codebooks and deviations are fitted on. */
  readonly fitting: (cell: Cell) => Promise<Fitting>;
  /** What a cell of codes is quantised with. */
  readonly coder: (cell: CategoricalCell) => Promise<Coder>;
  /** What codes of a cell, or of whatever the name tells from others, decode to: made once, for all networks and seeds. */
  readonly decodedOnce: (name: string, make: () => Promise<DecodedCodes>) => Promise<DecodedCodes>;
  /** Trains a cell from its checkpoint, if there is one, and compiles programs with what it has learned. */
  readonly trained: (cell: Cell, model: AnyCellModel, seed: number) => Promise<TrainedCell>;
}

/** Programs of a trained cell. */
export interface TrainedCell {
  readonly programs: CompiledPrograms;
  /** Of the whole training, by the steps of it that were taken now; absent where none was. */
  readonly trainingSeconds?: number;
}

/** What the study is opened with. */
export interface StudyLabOptions extends TrainingOptions {
  readonly settings: StudySettings;
  readonly data: StudyData;
  readonly networks: StudyNetworks;
}

/** Steps between two checkpoints unless told: a minute or two. */
const CHECKPOINT_EVERY = 250;

/** Opens the study in a folder, which is made. */
export async function openStudyLab(options: StudyLabOptions): Promise<StudyLab> {
  const { settings, data, networks, engine, signal } = options;
  const { folder, training } = await openTrainingRuns(options, data.train.hash, CHECKPOINT_EVERY);
  const { tokeniser, vocabulary, tokeniserHash, features } = networks;
  const study: StudyIdentity = {
    ...{ settings, data: data.train.hash, engine: engine.name, tokeniser: tokeniserHash, features: features.hash },
  };
  const once = onlyOnce();
  const encoding = { engine, tokeniser, ...(signal === undefined ? {} : { signal }) };
  const allItems: Readonly<Record<SpaceName, Readonly<Record<keyof StudyData, TrainingItems>>>> = {
    pixels: { train: imageItems(data.train), test: imageItems(data.test) },
    latents: {
      train: latentItems(encoding, data.train, settings.fittingImages),
      test: latentItems(encoding, data.test),
    },
  };
  const items: StudyLab["items"] = (space, part) => allItems[space][part];
  const meter: StudyLab["meter"] = () =>
    once("meter", async () =>
      setMeter(features, (await embedDataset(features, data.test)).features, settings.resamples),
    );
  const fitting: StudyLab["fitting"] = async (cell) => {
    const all = items(cell.space, "train");
    const count = Math.min(settings.fittingImages, all.count);
    const known = await all.at(Int32Array.from({ length: count }, (_, i) => i));
    const channels = cell.space === "pixels" ? 1 : tokeniser.latent[2];
    const standard = await once(`standard ${cell.space}`, async () => standardOf(known, channels));
    return { engine, ...groundOf(cell, tokeniser, standard), items: known, count };
  };
  // Codebooks and deviations are functions of the space and its scales alone.
  const keyOf = ({ space, sides }: Cell): string => `${space} ${sides.join()}`;
  const fitted = async (cell: Cell) =>
    fittedCoder(await once(`codebooks ${keyOf(cell)}`, async () => fitCellCodebooks(await fitting(cell))));
  const coder: StudyLab["coder"] = async (cell) =>
    isOfTokeniser(cell) ? tokeniserCoder(tokeniser, cell.sides.length, vocabulary) : fitted(cell);
  const model: StudyLab["model"] = async (cell) => {
    const own = await fitting(cell);
    const deviations = () => once(`deviations ${keyOf(cell)}`, () => residualDeviations(own));
    const coders = { coder: () => coder(cell as CategoricalCell), fitted: () => fitted(cell) };
    return modelOf(cell, own, { ...coders, deviations }, settings);
  };
  return {
    ...{ study, settings, data, networks, engine, folder, items, model, fitting, coder, training },
    ...(signal === undefined ? {} : { signal }),
    decodedOnce: (name, make) => once(`decoded ${name}`, make),
    components: () =>
      once("components", () => digitComponents({ bytes: data.train.images, count: data.train.count }, signal)),
    histograms: () => once("histograms", async () => pixelFloors(data.train, data.test)),
    latentsDecoded: () =>
      once("latents decoded", async () =>
        (await meter())(await decodedLatents(encoding, items("latents", "test")), data.test.labels!),
      ),
    meter,
    async trained(cell, own, seed) {
      const read = items(cell.space, "train");
      // The heads' parameters are of several types; a training treats them alike.
      const stage = studyStage(cell, own as unknown as CellModel<never>, { items: read, settings, seed });
      const began = performance.now();
      const { state, stepsFound } = await runStage(training({ cell, settings }, cellRunSchema, seed), stage);
      const seconds = (performance.now() - began) / 1000;
      const programs = compiledPrograms(engine, trainedWeights(state), { where: "paper/study" });
      const taken = stage.steps - stepsFound;
      return { programs, ...(taken === 0 ? {} : { trainingSeconds: (seconds * stage.steps) / taken }) };
    },
  };
}
