import { totalSteps } from "../settings.js";
import { STUDY_FORMAT } from "../study/report/results.js";
import { TRICKS_FORMAT } from "../study/tricks/results.js";
import { cellSettings } from "../sweep/settings.js";
import { SWEEP_FORMAT } from "../sweep/sweep.js";
import { TABLE_FORMAT } from "../table/table.js";
import type { PaperResults } from "./parts.js";

/**
 * Network evaluations that parts are made of: for each sample those that it took, or, of parts without samples, the steps of their
 * trainings. What parts share, the trainings of tables and the samples of the matrix, counts once.
 */
export function networkEvaluationsOf(parts: readonly PaperResults[]): number {
  return sum([...new Map(parts.flatMap(evaluated)).values()]);
}

/** What was evaluated, by a name that no two of its kind have, and how often. */
function evaluated(results: PaperResults): readonly (readonly [name: string, evaluations: number])[] {
  const seeds = results.seeds.length;
  switch (results.format) {
    case TABLE_FORMAT:
      return results.rows
        .filter(({ kind }) => kind === "ours")
        .map(({ label }) => [`table ${label}`, seeds * totalSteps(results.study.settings)]);
    case SWEEP_FORMAT:
      return results.cells.map((cell) => {
        const steps = totalSteps(cellSettings(results.study.settings, cell));
        return [`sweep ${cell.trainingImages} ${cell.sigma}`, cell.variants.length * seeds * steps];
      });
    case STUDY_FORMAT:
      return results.cells.flatMap(({ id, samples }) =>
        samples.map((own) => [`study ${id} ${own.id}`, evaluationsOf(own.seeds)] as const),
      );
    case TRICKS_FORMAT:
      return [results.base, ...results.tricks].map((own) => [`trick ${own.id}`, evaluationsOf(own.seeds.map(({ sample }) => sample))]); // prettier-ignore
  }
}

function evaluationsOf(sets: readonly { readonly evaluations: number; readonly count: number }[]): number {
  return sum(sets.map(({ evaluations, count }) => evaluations * count));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
