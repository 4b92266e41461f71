import { join } from "node:path";
import type { CompiledPrograms } from "@nextscale/refinement-core";
import type { AnyCellModel } from "../../study/cell/model-of.js";
import { cellId, type Cell } from "../../study/cell/cell.js";
import { samplingTimesSchema, type SamplingTimes } from "../../study/report/records.js";
import { drawSamples } from "../../study/sampling/draw-samples.js";
import { evaluationsOf, samplingId, type Sampling } from "../../study/sampling/sampling.js";
import type { StudySettings } from "../../study/settings.js";
import { findRecord, requireSameStudy, writeRecord } from "../record-files.js";
import { timedInTurn } from "../timed-in-turn.js";
import { labelsOf, type CellPlan } from "./run-cell.js";
import type { StudyLab } from "./study-lab.js";

/** Rounds through all samplings, and samples of each in a round: a batch. */
const [ROUNDS, BATCH] = [3, 250];

/** Samples that are drawn of a sampling to time it. */
export function timedSamples({ samples }: Pick<StudySettings, "samples">): number {
  return ROUNDS * Math.min(BATCH, samples);
}

/** The times that were measured before; undefined where some that are asked for are not among them. */
export async function findSamplingTimes(
  lab: Pick<StudyLab, "folder" | "study">,
  plans: readonly CellPlan[],
): Promise<SamplingTimes | undefined> {
  const path = pathOf(lab);
  const found = await findRecord(path, samplingTimesSchema);
  if (found !== undefined) requireSameStudy(path, found.study, lab.study);
  const has = (cell: Cell, one: Sampling) => found?.secondsPerThousand[cellId(cell)]?.[samplingId(one)] !== undefined;
  return plans.every(({ cell, samplings }) => samplings.every((one) => has(cell, one))) ? found : undefined;
}

function pathOf({ folder }: Pick<StudyLab, "folder">): string {
  return join(folder, "sampling-times.json");
}

/** A cell whose samples can be drawn. */
interface OpenCell {
  readonly cell: Cell;
  readonly model: AnyCellModel;
  readonly programs: CompiledPrograms;
}

/**
 * Times samplings of trained cells in turn, or reads what was measured before. What is compared by its seconds is timed together:
 * while the samples of one cell were drawn the machine may have had other things to do.
 *
 * @param onSamples called after each batch
 * @throws NextscaleError `interrupted`, `unwritable`, `engine-failure`
 */
export async function timeSamplings(
  lab: StudyLab,
  plans: readonly CellPlan[],
  seed: number,
  onSamples?: (cell: Cell, sampling: Sampling, samples: number) => void,
): Promise<SamplingTimes> {
  const earlier = await findSamplingTimes(lab, plans);
  if (earlier !== undefined) return earlier;
  const labels = labelsOf(lab, seed, Math.min(BATCH, lab.settings.samples));
  const open: OpenCell[] = [];
  try {
    const timed: { readonly of: OpenCell; readonly sampling: Sampling }[] = [];
    for (const { cell, samplings } of plans) {
      const model = await lab.model(cell);
      const of = { cell, model, programs: (await lab.trained(cell, model, seed)).programs };
      open.push(of);
      timed.push(...samplings.map((sampling) => ({ of, sampling })));
    }
    const draw = async ({ model, programs }: OpenCell, sampling: Sampling): Promise<number> => {
      const stopped = lab.signal === undefined ? {} : { signal: lab.signal };
      return (await drawSamples({ programs, sampler: model.sampler, sampling, labels, seed, ...stopped })).secondsPerThousand; // prettier-ignore
    };
    // Programs are compiled when they are first run; all samplings of a cell have the same ones.
    for (const [i, { samplings }] of plans.entries()) await draw(open[i]!, cheapest(samplings));
    const times = await timedInTurn(timed, ROUNDS, async ({ of, sampling }) => {
      const seconds = await draw(of, sampling);
      onSamples?.(of.cell, sampling, labels.length);
      return seconds;
    });
    const secondsPerThousand: Record<string, Record<string, number[]>> = {};
    for (const [i, { of, sampling }] of timed.entries()) (secondsPerThousand[cellId(of.cell)] ??= {})[samplingId(sampling)] = times[i]!; // prettier-ignore
    const record: SamplingTimes = { study: lab.study, secondsPerThousand };
    await writeRecord(pathOf(lab), record);
    return record;
  } finally {
    for (const { programs } of open) await programs.close();
  }
}

function cheapest(samplings: readonly Sampling[]): Sampling {
  return samplings.toSorted((a, b) => evaluationsOf(a, 1) - evaluationsOf(b, 1))[0]!;
}
