import { cellId, cellLabel, usualCell, type Cell } from "../../src/study/cell/cell.js";
import type { StudyFloors } from "../../src/study/report/records.js";
import { STUDY_FORMAT, type CellResults, type StudyResults } from "../../src/study/report/results.js";
import { samplingId, type Sampling } from "../../src/study/sampling/sampling.js";
import { TINY } from "./support.js";

/* Results that are made up, so that what is said of them is known. Seconds are a tenth of the operations. */

/** A sample set: its distance, its operations, the standard error of its distance. */
export type Point = readonly [distance: number, operations: number, standardError?: number];

export const NEXT_SCALE = usualCell("latents", "gaussian", [1, 5]);
export const DIFFUSION = usualCell("latents", "epsilon", [5]);

/** A cell of one seed. Its samples are drawn by more and more steps of DDIM, or at higher and higher temperatures. */
export function cellOf(cell: Cell, points: readonly Point[], count: number = TINY.samples): CellResults {
  const sampling = (i: number): Sampling =>
    ["epsilon", "flow", "absorbing"].includes(cell.head)
      ? { kind: "diffusion", solver: "ddim", steps: i + 1 }
      : { kind: "next-scale", temperature: 1 + i };
  return {
    ...{ id: cellId(cell), label: cellLabel(cell), group: "matrix", cell, parameters: 1000, backboneParameters: 900 },
    likelihood: [{ bitsPerDim: 1.5, labelNats: 2.3, modelNats: 100, pixelNats: 700, images: 20 }],
    ...{ codes: [], trainingOperations: 2e12, trainingSeconds: [] },
    samples: points.map(([frechet, operations, standardError = 0], i) => ({
      ...{ id: samplingId(sampling(i)), sampling: sampling(i), secondsPerThousand: [operations / 10] },
      seeds: [{ frechet, operations, standardError, count, classAgreement: 1, evaluations: 1 }],
    })),
  };
}

/** A part of the study with these cells. */
export function madeUpStudy(name: StudyResults["name"], cells: readonly CellResults[]): StudyResults {
  const study = { settings: TINY, data: "ab", engine: "none", tokeniser: "cd", features: "ef" };
  const distance = { count: TINY.samples, frechet: 0.1, standardError: 0.01, classAgreement: 0.99 };
  const training = { [TINY.samples]: distance, [TINY.fewSamples]: { ...distance, count: TINY.fewSamples } };
  const floors: StudyFloors = {
    study,
    seed: 0,
    training,
    latents: distance,
    normal: distance,
    histogramBits: 2,
    pixelHistogramBits: 1.7,
  };
  const steps = { steps: [], most: 50, beyond: [2] };
  return { format: STUDY_FORMAT, name, study, isSmoke: false, steps, seeds: [0], floors: [floors], cells };
}
