import { join } from "node:path";
import { cellLikelihood } from "../../study/likelihood/cell-likelihood.js";
import type { AnyCellModel } from "../../study/cell/model-of.js";
import { cellId, usualCell, type Cell } from "../../study/cell/cell.js";
import { lendingImages } from "../../study/measure/labels.js";
import { cellParameters } from "../../study/network/count-parameters.js";
import { cellRecordSchema, cellTimesSchema, type CellRecord, type CellTimes } from "../../study/report/records.js";
import { cellCost } from "../../study/sampling/cost.js";
import { drawSamples } from "../../study/sampling/draw-samples.js";
import { evaluationsOf, samplingId, type Sampling } from "../../study/sampling/sampling.js";
import { MOST_EVALUATIONS, type StudySettings } from "../../study/settings.js";
import { cellRunName } from "../../study/training/study-stage.js";
import { findRecord, requireSameStudy, writeRecord } from "../record-files.js";
import type { StudyLab, TrainedCell } from "./study-lab.js";

/** A cell with the ways to sample it. */
export interface CellPlan {
  readonly cell: Cell;
  readonly samplings: readonly Sampling[];
}

/** What a run of a cell left. */
export interface CellOutcome {
  readonly record: CellRecord;
  readonly times: CellTimes;
}

/** Samples that are drawn: fewer where each takes many evaluations. */
export function sampleCount(sampling: Sampling, scales: number, settings: StudySettings): number {
  return evaluationsOf(sampling, scales) > MOST_EVALUATIONS ? settings.fewSamples : settings.samples;
}

/** The records of a cell and seed as far as there are any. */
export async function findCell(lab: Pick<StudyLab, "folder" | "study">, cell: Cell, seed: number) {
  const [path, timesPath] = pathsOf(lab, cell, seed);
  const record = await findRecord(path, cellRecordSchema);
  const times = await findRecord(timesPath, cellTimesSchema);
  if (record !== undefined) requireSameStudy(path, record.study, lab.study);
  return { record, times };
}

function pathsOf({ folder }: Pick<StudyLab, "folder">, cell: Cell, seed: number): readonly [string, string] {
  const name = cellRunName(cell, seed);
  return [join(folder, `${name}.json`), join(folder, `${name}.times.json`)];
}

/**
 * Trains a cell, measures it and its samples, and leaves a record; what was done before is read. The record is the same to the
 * byte whether it was made in one go or not; how long samples took is another file.
 *
 * @throws NextscaleError `interrupted`, `unwritable`, `invalid-data`, `engine-failure`
 */
export async function runCell(
  lab: StudyLab,
  { cell, samplings }: CellPlan,
  seed: number,
  onSamples?: (sampling: Sampling, samples: number) => void,
): Promise<CellOutcome> {
  const earlier = await findCell(lab, cell, seed);
  const missing = samplings.filter((one) => earlier.record?.samples[samplingId(one)] === undefined);
  let times: CellTimes = earlier.times ?? { study: lab.study, secondsPerThousand: {} };
  if (earlier.record !== undefined && missing.length === 0) return { record: earlier.record, times };
  const model = await lab.model(cell);
  const { programs, trainingSeconds } = await lab.trained(cell, model, seed);
  const [path, timesPath] = pathsOf(lab, cell, seed);
  try {
    if (trainingSeconds !== undefined) await writeRecord(timesPath, (times = { ...times, trainingSeconds }));
    let record = earlier.record ?? (await firstRecord(lab, cell, model, seed, programs));
    await writeRecord(path, record);
    const cost = cellCost(model);
    const meter = await lab.meter();
    for (const sampling of missing) {
      const scales = cell.sides.length;
      const count = sampleCount(sampling, scales, lab.settings);
      const labels = labelsOf(lab, seed, count);
      const { images, secondsPerThousand } = await drawSamples({
        ...{ programs, sampler: model.sampler, sampling, labels, seed },
        ...(lab.signal === undefined ? {} : { signal: lab.signal }),
        ...(onSamples === undefined ? {} : { onProgress: (samples) => onSamples(sampling, samples) }),
      });
      const sample = {
        ...(await meter(images, labels)),
        evaluations: evaluationsOf(sampling, scales),
        operations: cost.sample(sampling),
      };
      const id = samplingId(sampling);
      times = { ...times, secondsPerThousand: { ...times.secondsPerThousand, [id]: secondsPerThousand } };
      await writeRecord(timesPath, times);
      record = { ...record, samples: { ...record.samples, [id]: sample } };
      await writeRecord(path, record);
    }
    return { record, times };
  } finally {
    await programs.close();
  }
}

/** Classes of samples: those of training images in a random order. */
export function labelsOf({ data }: Pick<StudyLab, "data">, seed: number, count: number): Int32Array {
  return lendingImages(seed, data.train.count, count).map((index) => data.train.labels![index]!);
}

async function firstRecord(
  lab: StudyLab,
  cell: Cell,
  model: AnyCellModel,
  seed: number,
  programs: TrainedCell["programs"],
): Promise<CellRecord> {
  const { all, backbone } = cellParameters(model);
  const part = (name: "train" | "test") => ({
    images: lab.data[name],
    items: lab.items(cell.space, name),
  });
  const measured = { programs, seed, ...(lab.signal === undefined ? {} : { signal: lab.signal }) };
  return {
    ...{ study: lab.study, cell, seed, parameters: all, backboneParameters: backbone },
    ...(await cellLikelihood(model, measured, {
      ...{ train: part("train"), test: part("test"), meter: await lab.meter() },
      decodedOnce: (make) => lab.decodedOnce(codesName(cell), make),
    })),
    samples: {},
  };
}

/** Of cells with the same codes the same. */
function codesName(cell: Cell): string {
  if (cell.head === "categorical") return cellId({ ...cell, context: "markov", codeNoise: 0 });
  return cellId(cell.head === "absorbing" ? usualCell(cell.space, "categorical", cell.sides) : cell);
}
