import { lineCharts, type ChartLine } from "@nextscale/weather/plot";
import { pointsOf, type CostedPoint } from "./headline.js";
import type { StudyResults } from "./results.js";
import { mean } from "./results.js";

const AXES = {
  evaluations: { label: "Network evaluations of a sample", of: (point: CostedPoint) => point.evaluations },
  operations: { label: "MFLOP of a sample", of: (point: CostedPoint) => point.operations / 1e6 },
  seconds: { label: "Seconds of 1,000 samples", of: (point: CostedPoint) => point.seconds },
} as const;

/** What the horizontal axis of a picture counts. */
export type CostAxis = keyof typeof AXES;

/** Quality against one kind of cost as SVG: a line for each cell, a point for each way to sample it, real images as a rule. */
export function studyPicture(results: StudyResults, axis: CostAxis): string {
  const { floors, study, isSmoke } = results;
  const { label, of } = AXES[axis];
  const points = pointsOf(results).filter(({ count }) => count === study.settings.samples);
  const lines = results.cells
    .filter(({ group }) => group === "matrix")
    .flatMap((cell): ChartLine[] => {
      const own = points.filter((point) => point.cell === cell.id).toSorted((a, b) => of(a) - of(b));
      return own.length === 0 ? [] : [{ name: cell.label, x: own.map(of), y: own.map(({ distance }) => distance) }];
    });
  const floor = mean(floors.map(({ training }) => training[`${study.settings.samples}`]!.frechet));
  return lineCharts({
    title: "Distance to real images against cost",
    subtitle: `Fréchet LeNet distance of ${study.settings.samples} samples${isSmoke ? "; a smoke run" : ""}`,
    x: { label, scale: "log" },
    charts: [
      { label: "Fréchet LeNet distance", scale: "log", lines, rules: [{ name: "Training images", value: floor }] },
    ],
  });
}
