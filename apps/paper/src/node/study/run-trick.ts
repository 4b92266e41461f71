import { join } from "node:path";
import type { CompiledPrograms } from "@nextscale/refinement-core";
import { cellLikelihood } from "../../study/likelihood/cell-likelihood.js";
import type { Measured } from "../../study/likelihood/measured.js";
import type { CategoricalModel } from "../../study/head/categorical.js";
import { cellParameters } from "../../study/network/count-parameters.js";
import { cellCost } from "../../study/sampling/cost.js";
import { drawSamples } from "../../study/sampling/draw-samples.js";
import { PLAIN } from "../../study/sampling/sampling.js";
import { temperedNats } from "../../study/tricks/code-calibration.js";
import { choiceRecordSchema, trickRecordSchema, trickTimesSchema, type ChoiceRecord, type TrickRecord } from "../../study/tricks/records.js"; // prettier-ignore
import type { TrickOutcome } from "../../study/tricks/results.js";
import type { Candidate, SampledTrick, Trick, Validation } from "../../study/tricks/trick.js";
import { findRecord, requireSameStudy, writeRecord } from "../record-files.js";
import { labelsOf } from "./run-cell.js";
import type { TrickLab } from "./trick-lab.js";

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
  const { base } = lab.tricks;
  const learned = trick.kind === "sampled" ? base : await lab.model(trick);
  const weights = trick.kind === "sampled" ? await lab.trainedBase(seed) : await lab.trained(trick, learned, seed);
  const programs = lab.compiled(weights);
  const run = { lab, programs, seed, onSamples: onSamples ?? (() => undefined) };
  try {
    const choice = trick.kind === "sampled" ? await choiceOf(run, trick, base) : undefined;
    const model = trick.kind === "sampled" ? trick.apply(base, choice!.values) : learned;
    const outcome = await measured(run, trick, model, choice);
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

async function measured(
  { lab, programs, seed, onSamples }: TrickRun,
  trick: Trick,
  model: CategoricalModel,
  choice: ChoiceRecord | undefined,
): Promise<TrickOutcome> {
  const own = keyed(programs, "chosen");
  const cost = cellCost(model);
  const operations = cost.sample(PLAIN);
  const labels = labelsOf(lab, seed, lab.settings.samples);
  const { images, secondsPerThousand } = await drawSamples({
    ...{ programs: own, sampler: model.sampler, sampling: PLAIN, labels, seed },
    ...(lab.signal === undefined ? {} : { signal: lab.signal }),
    onProgress: (samples) => onSamples(samples * operations),
  });
  const sample = { ...(await (await lab.meters()).test(images, labels)), operations, evaluations: evaluationsOf(trick, model, choice) }; // prettier-ignore
  const record: TrickRecord = {
    ...{ ...lab.identity, trick: trick.id, seed, parameters: cellParameters(model).all },
    trainingOperations: trick.kind === "sampled" ? 0 : (cost.training(lab.settings.training) * trick.passes) / 3,
    ...(choice === undefined ? {} : { choice: { name: choice.name, values: choice.values, tried: choice.tried } }),
    ...(trick.kind === "sampled" && !trick.hasLikelihood ? {} : await likelihoodOf(lab, model, own, seed)),
    sample,
  };
  return { record, times: { ...lab.identity, secondsPerThousand } };
}

function evaluationsOf(trick: Trick, model: CategoricalModel, choice: ChoiceRecord | undefined): number {
  switch (trick.kind) {
    case "trained":
      return model.space.tokens.length;
    case "distilled":
      return trick.evaluations(model.space.tokens.length);
    case "sampled":
      return trick.evaluations(choice!.values);
  }
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
    ...{ train: part("train"), test: part("test"), settings: lab.settings, meter: await lab.meter() },
    // Tricks change what is said of codes and which scales are walked, and not how a scale is coded.
    decodedOnce: (make) => lab.decodedOnce(model.space.tokens.map(({ side }) => side).join(), make),
  });
}

/** What the validation images choose, or chose before. */
async function choiceOf(run: TrickRun, trick: SampledTrick, base: CategoricalModel): Promise<ChoiceRecord> {
  const { lab, programs, seed } = run;
  const [, , path] = pathsOf(lab, trick.id, seed);
  const earlier = await findRecord(path, choiceRecordSchema);
  if (earlier !== undefined) {
    requireSame(lab, path, earlier);
    return earlier;
  }
  const scales = base.space.tokens.length;
  const validation: Validation = {
    vocabulary: base.coder.forms[0]!.vocabulary,
    distance: (candidate) =>
      lab.validatedOnce({ apply: trick.apply, values: candidate.values, seed }, () =>
        validationDistance(run, trick, base, candidate),
      ),
    codeNats: async (temperatures) => {
      const asked = {
        programs: keyed(programs, "base"),
        seed,
        ...(lab.signal === undefined ? {} : { signal: lab.signal }),
      };
      return temperedNats(base, asked, lab.validationItems, temperatures);
    },
  };
  const { name, values, tried } = await trick.choose(scales, validation);
  const record: ChoiceRecord = { ...lab.identity, name, values: [...values], tried: [...tried] };
  await writeRecord(path, record);
  return record;
}

async function validationDistance(
  { lab, programs, seed, onSamples }: TrickRun,
  trick: SampledTrick,
  base: CategoricalModel,
  { name, values }: Candidate,
): Promise<number> {
  const model = trick.apply(base, values);
  const labels = labelsOf(lab, VALIDATION_SEEDS + seed, lab.settings.fewSamples);
  const operations = (lab.baseOperations * trick.evaluations(values)) / base.space.tokens.length;
  const { images } = await drawSamples({
    ...{ programs: keyed(programs, name), sampler: model.sampler, sampling: PLAIN, labels, seed: VALIDATION_SEEDS + seed }, // prettier-ignore
    ...(lab.signal === undefined ? {} : { signal: lab.signal }),
    onProgress: (samples) => onSamples(samples * operations),
  });
  return (await lab.meters()).validation(images);
}
