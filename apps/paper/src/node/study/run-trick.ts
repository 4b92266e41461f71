import { join } from "node:path";
import type { CompiledPrograms } from "@nextscale/refinement-core";
import { cellLikelihood } from "../../study/likelihood/cell-likelihood.js";
import type { Measured } from "../../study/likelihood/measured.js";
import type { CategoricalModel } from "../../study/head/categorical.js";
import { cellParameters } from "../../study/network/count-parameters.js";
import { cellCost } from "../../study/sampling/cost.js";
import { drawSamples } from "../../study/sampling/draw-samples.js";
import { evaluationsOf, PLAIN, type Sampling } from "../../study/sampling/sampling.js";
import { temperedNats } from "../../study/tricks/code-calibration.js";
import { choiceRecordSchema, trickRecordSchema, trickTimesSchema, type ChoiceRecord, type TrickRecord } from "../../study/tricks/records.js"; // prettier-ignore
import type { TrickOutcome } from "../../study/tricks/results.js";
import { closest, type Candidate, type Choice, type DenoisedTrick, type SampledTrick, type Trick, type Validation } from "../../study/tricks/trick.js"; // prettier-ignore
import { findRecord, requireSameStudy, writeRecord } from "../record-files.js";
import { labelsOf } from "./run-cell.js";
import type { TrickLab, TrickModel } from "./trick-lab.js";

/** Seeds of the samples that choices are made by: none of those that tables are made of. */
const VALIDATION_SEEDS = 1_000_000;

/** The records of a trick and seed as far as there are any. */
export async function findTrick(
  lab: Pick<TrickLab, "folder" | "identity">,
  { id }: Pick<Trick, "id">,
  seed: number,
): Promise<Partial<TrickOutcome>> {
  const [path, timesPath] = pathsOf(lab, id, seed);
  const record = await findRecord(path, trickRecordSchema);
  const times = await findRecord(timesPath, trickTimesSchema);
  if (record !== undefined) requireSame(lab, path, record);
  return { ...(record === undefined ? {} : { record }), ...(times === undefined ? {} : { times }) };
}

function pathsOf(
  { folder }: Pick<TrickLab, "folder">,
  id: string,
  seed: number,
): readonly string[] & [string, string, string] {
  const name = `${id}-seed-${seed}`;
  return [join(folder, `${name}.json`), join(folder, `${name}.times.json`), join(folder, `${name}.choice.json`)];
}

function requireSame({ identity }: Pick<TrickLab, "identity">, path: string, record: TrickRecord | ChoiceRecord): void {
  requireSameStudy(path, record.study, identity.study);
  requireSameStudy(
    path,
    { validationImages: record.validationImages },
    { validationImages: identity.validationImages },
  );
}

/**
 * Trains what a trick needs, makes its choice, measures it and its samples, and leaves a record; what was done before is read.
 *
 * @param onSamples called after each batch with the operations of its samples
 * @throws NextscaleError `interrupted`, `unwritable`, `invalid-data`, `engine-failure`
 */
export async function runTrick(
  lab: TrickLab,
  trick: Trick,
  seed: number,
  onSamples?: (operations: number) => void,
): Promise<TrickOutcome> {
  const { record: earlier, times } = await findTrick(lab, trick, seed);
  if (earlier !== undefined && times !== undefined) return { record: earlier, times };
  const learned = trick.kind === "sampled" ? lab.tricks.base : await lab.model(trick);
  const weights = trick.kind === "sampled" ? await lab.trainedBase(seed) : await lab.trained(trick, learned, seed);
  const programs = lab.compiled(weights);
  const run = { lab, programs, seed, onSamples: onSamples ?? (() => undefined) };
  try {
    const outcome = await measured(run, trick, await chosen(run, trick, learned));
    const [path, timesPath] = pathsOf(lab, trick.id, seed);
    await writeRecord(timesPath, outcome.times);
    await writeRecord(path, outcome.record);
    return outcome;
  } finally {
    await programs.close();
  }
}

/** What a trick of one seed is run with. */
interface TrickRun {
  readonly lab: TrickLab;
  readonly programs: CompiledPrograms;
  readonly seed: number;
  readonly onSamples: (operations: number) => void;
}

/** Programs of one model among several with the same weights. */
function keyed(programs: CompiledPrograms, name: string): Pick<CompiledPrograms, "run"> {
  return { run: (key, build, inputs) => programs.run(`${name} ${key}`, build, inputs) };
}

/** A model and how it is sampled, by whatever validation images chose. */
interface Chosen {
  readonly model: TrickModel;
  readonly sampling: Sampling;
  readonly evaluations: number;
  readonly choice?: ChoiceRecord;
}

async function chosen(run: TrickRun, trick: Trick, learned: TrickModel): Promise<Chosen> {
  const scales = learned.space.tokens.length;
  switch (trick.kind) {
    case "trained":
      return { model: learned, sampling: PLAIN, evaluations: scales };
    case "distilled":
      return { model: learned, sampling: PLAIN, evaluations: trick.evaluations(scales) };
    case "sampled": {
      const { base } = run.lab.tricks;
      const choice = await choiceOf(run, trick, () => trick.choose(scales, validationOf(run, trick, base)));
      const { values } = choice;
      return { model: trick.apply(base, values), sampling: PLAIN, evaluations: trick.evaluations(values), choice };
    }
    case "denoised": {
      const choice = await choiceOf(run, trick, () => closestSampling(run, trick, learned));
      const sampling = trick.samplings.find(({ steps }) => steps === choice.values[0])!;
      return { model: learned, sampling, evaluations: evaluationsOf(sampling, scales), choice };
    }
  }
}

async function measured(
  { lab, programs, seed, onSamples }: TrickRun,
  trick: Trick,
  { model, sampling, evaluations, choice }: Chosen,
): Promise<TrickOutcome> {
  const own = keyed(programs, "chosen");
  const cost = cellCost(model);
  const operations = cost.sample(sampling);
  const labels = labelsOf(lab, seed, lab.settings.samples);
  const { images, secondsPerThousand } = await drawSamples({
    ...{ programs: own, sampler: model.sampler, sampling, labels, seed },
    ...(lab.signal === undefined ? {} : { signal: lab.signal }),
    onProgress: (samples) => onSamples(samples * operations),
  });
  const sample = { ...(await (await lab.meters()).test(images, labels)), operations, evaluations }; // prettier-ignore
  const record: TrickRecord = {
    ...{ ...lab.identity, trick: trick.id, seed, parameters: cellParameters(model).all },
    trainingOperations: trick.kind === "sampled" ? 0 : (cost.training(lab.settings.training) * trick.passes) / 3,
    ...(choice === undefined ? {} : { choice: { name: choice.name, values: choice.values, tried: choice.tried } }),
    ...(model.head === "epsilon" || (trick.kind === "sampled" && !trick.hasLikelihood)
      ? {}
      : await likelihoodOf(lab, model, own, seed)),
    sample,
  };
  return { record, times: { ...lab.identity, secondsPerThousand } };
}

async function likelihoodOf(
  lab: TrickLab,
  model: CategoricalModel,
  programs: Measured["programs"],
  seed: number,
): Promise<Pick<TrickRecord, "likelihood" | "codes">> {
  const part = (name: "train" | "test") => ({ images: lab.data[name], items: lab.items("latents", name) });
  const measuredWith = { programs, seed, ...(lab.signal === undefined ? {} : { signal: lab.signal }) };
  return cellLikelihood(model, measuredWith, {
    ...{ train: part("train"), test: part("test"), meter: await lab.meter() },
    // Tricks change what is said of codes and which scales are walked, and not how a scale is coded.
    decodedOnce: (make) => lab.decodedOnce(model.space.tokens.map(({ side }) => side).join(), make),
  });
}

/** What the validation images choose, or chose before. */
async function choiceOf(
  { lab, seed }: TrickRun,
  { id }: Pick<Trick, "id">,
  choose: () => Promise<Choice>,
): Promise<ChoiceRecord> {
  const [, , path] = pathsOf(lab, id, seed);
  const earlier = await findRecord(path, choiceRecordSchema);
  if (earlier !== undefined) {
    requireSame(lab, path, earlier);
    return earlier;
  }
  const { name, values, tried } = await choose();
  const record: ChoiceRecord = { ...lab.identity, name, values: [...values], tried: [...tried] };
  await writeRecord(path, record);
  return record;
}

/** What a way to sample the base model may ask of the validation images. */
function validationOf(run: TrickRun, trick: SampledTrick, base: CategoricalModel): Validation {
  const { lab, programs, seed } = run;
  return {
    vocabulary: base.coder.forms[0]!.vocabulary,
    distance: ({ name, values }) =>
      lab.validatedOnce({ apply: trick.apply, values, seed }, () => {
        const operations = (lab.baseOperations * trick.evaluations(values)) / base.space.tokens.length;
        return validationDistance(run, { name, model: trick.apply(base, values), sampling: PLAIN, operations });
      }),
    codeNats: async (temperatures) => {
      const asked = {
        programs: keyed(programs, "base"),
        seed,
        ...(lab.signal === undefined ? {} : { signal: lab.signal }),
      };
      return temperedNats(base, asked, lab.validationItems, temperatures);
    },
  };
}

/** Of the ways to take noise from residuals that which comes closest to the validation images. */
function closestSampling(run: TrickRun, { samplings }: DenoisedTrick, model: TrickModel): Promise<Choice> {
  const cost = cellCost(model);
  const candidates = samplings.map(({ steps }) => ({ name: `${steps} a scale`, values: [steps] }));
  const distance = ({ values }: Candidate): Promise<number> => {
    const sampling = samplings.find(({ steps }) => steps === values[0])!;
    // Plans of all lengths run the same programs.
    return validationDistance(run, { name: "chosen", model, sampling, operations: cost.sample(sampling) });
  };
  return closest({ distance }, candidates);
}

async function validationDistance(
  { lab, programs, seed, onSamples }: TrickRun,
  drawn: {
    readonly name: string;
    readonly model: TrickModel;
    readonly sampling: Sampling;
    readonly operations: number;
  },
): Promise<number> {
  const { name, model, sampling, operations } = drawn;
  const labels = labelsOf(lab, VALIDATION_SEEDS + seed, lab.settings.fewSamples);
  const { images } = await drawSamples({
    ...{ programs: keyed(programs, name), sampler: model.sampler, sampling, labels, seed: VALIDATION_SEEDS + seed },
    ...(lab.signal === undefined ? {} : { signal: lab.signal }),
    onProgress: (samples) => onSamples(samples * operations),
  });
  return (await lab.meters()).validation(images);
}
