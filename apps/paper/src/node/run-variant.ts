import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { NamedArrays } from "@nextscale/engine";
import { gradientMeter } from "../measure/gradient-noise.js";
import { openErrorMeter, openScorer, type Predict } from "../measure/scores.js";
import { methodOf } from "../setup/method-of.js";
import { noiseOf, stepsPerEpoch } from "../settings.js";
import { observationsSchema, runRecordSchema, type Observations, type RunRecord } from "../table/records.js";
import { observedSteps } from "../training/epochs.js";
import { varianceOfNorms } from "../training/gradient-norms.js";
import { normsOf, parametersOf } from "../training/training-program.js";
import { runName, variantStage } from "../training/variant-stage.js";
import { networkShapes, networkTypes, parameterCount, type Networks } from "../variant/networks.js";
import type { Variant } from "../variant/variant.js";
import type { Laboratory } from "./laboratory.js";
import { findRecord, requireSameStudy, writeRecord } from "./record-files.js";

/** The record of a run that is finished; undefined of one that is not. */
export async function findRun(lab: Laboratory, variant: Variant, seed: number): Promise<RunRecord | undefined> {
  const path = join(lab.folder, `${runName(variant, seed)}.json`);
  const found = await findRecord(path, runRecordSchema);
  if (found !== undefined) requireSameStudy(path, found.study, lab.study);
  return found;
}

/**
 * Trains a variant, measures it, and leaves a record; what was finished before is read. A training that was interrupted goes on
 * from its last checkpoint, to the same bits.
 *
 * @throws NextscaleError `interrupted`, `unwritable`, `invalid-data`, `engine-failure`
 */
export async function runVariant(lab: Laboratory, variant: Variant, seed: number): Promise<RunRecord> {
  const earlier = await findRun(lab, variant, seed);
  if (earlier !== undefined) return earlier;
  const { study, engine, digits, folder } = lab;
  const { settings } = study;
  const { sigma } = noiseOf(settings);
  const name = runName(variant, seed);
  const method = await methodOf(variant, lab.prepared(seed));
  const run = { variant, method, digits: digits.training, settings, seed, noise: await lab.noise(seed) };
  const predict: Predict<Networks> = (networks, { noisy }) => method.predict(networks, noisy);
  const meter = await openErrorMeter(engine, lab.test, networkTypes(variant), predict);
  const gradients = gradientMeter(engine, run);
  try {
    const stage = variantStage(run);
    const seen = await openObservations(join(folder, `${name}.observed.json`));
    const gradientSteps = hasGradientStatements(variant) ? [stepsPerEpoch(settings), stage.steps] : [];
    const see = async (step: number, state: NamedArrays): Promise<void> => {
      const parameters = parametersOf(state, "parameters");
      const meanSquaredError = await meter.error(parameters, sigma);
      const noise = gradientSteps.includes(step) ? [{ step, value: await gradients.noise(parameters) }] : [];
      await seen.add(step, { curve: [{ step, meanSquaredError }], gradientNoise: noise });
    };
    const steps = observedSteps(settings);
    const { state } = await lab.train(stage, { variant, seed, observe: { after: (done) => steps.has(done), see } });
    const parameters = parametersOf(state, "parameters");
    const { count, mean, squares } = normsOf(state);
    const record: RunRecord = {
      ...{ study, variant, seed, parameters: parameterCount(networkShapes(variant)) },
      ...(await finalScores(lab, variant, predict, parameters)),
      ...seen.all(),
      gradientNorm: { mean, variance: varianceOfNorms(count, squares) },
    };
    await writeRecord(join(folder, `${name}.json`), record);
    // Only now: until the record is there, it can be made again from these.
    await rm(join(folder, name), { recursive: true, force: true });
    await seen.remove();
    return record;
  } finally {
    await meter.close();
    await gradients.close();
  }
}

/** Setup B's statements are of gradients: of regression and of codes. */
function hasGradientStatements({ kind }: Variant): boolean {
  return kind === "latents" || kind === "codes";
}

/** Everything that is measured of a training's end. */
async function finalScores(
  { study, engine, test }: Laboratory,
  variant: Variant,
  predict: Predict<Networks>,
  parameters: NamedArrays,
): Promise<Pick<RunRecord, "atSigma" | "atShiftedSigma">> {
  const { sigma, shiftedSigma } = noiseOf(study.settings);
  const scorer = await openScorer(engine, test, networkTypes(variant), predict);
  try {
    return {
      atSigma: await scorer.score(parameters, sigma),
      atShiftedSigma: await scorer.score(parameters, shiftedSigma),
    };
  } finally {
    await scorer.close();
  }
}

/** Observations of a training on disk, so that one that is resumed has those of its beginning. */
async function openObservations(path: string) {
  let all: Observations = (await findRecord(path, observationsSchema)) ?? { curve: [], gradientNoise: [] };
  return {
    all: () => all,
    /** A step that is taken again after a resumption has the same observations: those after it are dropped, and come again. */
    async add(step: number, { curve, gradientNoise }: Observations): Promise<void> {
      const before = <T extends { readonly step: number }>(some: readonly T[]) => some.filter((one) => one.step < step);
      all = {
        curve: [...before(all.curve), ...curve],
        gradientNoise: [...before(all.gradientNoise), ...gradientNoise],
      };
      await writeRecord(path, all);
    },
    remove: () => rm(path, { force: true }),
  };
}
