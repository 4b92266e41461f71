import { lineCharts, type ChartLine } from "@nextscale/weather/plot";
import { mean } from "../../table/statistics.js";
import type { SpaceName } from "../cell/cell.js";
import { pointsOf, type CostedPoint } from "./headline.js";
import type { StudyResults } from "./results.js";

/** What the horizontal axis of a picture counts. */
export type CostAxis = "evaluations" | "operations" | "seconds";

const AXES: Readonly<Record<CostAxis, { readonly label: string; readonly of: (point: CostedPoint) => number }>> = {
  evaluations: { label: "Network evaluations of a sample", of: (point: CostedPoint) => point.evaluations },
  operations: { label: "MFLOP of a sample", of: (point: CostedPoint) => point.operations / 1e6 },
  seconds: { label: "Seconds of 1,000 samples", of: (point: CostedPoint) => point.seconds },
};

const SPACES: readonly SpaceName[] = ["pixels", "latents"];

/**
 * Quality against one kind of cost as SVG: pixels above latents, a line for each head and number of scales, a point for each way to
 * sample it, real images as a rule.
 */
export function studyPicture(results: StudyResults, axis: CostAxis): string {
  const { floors, study, isSmoke } = results;
  const { samples } = study.settings;
  const { label, of } = AXES[axis];
  const points = pointsOf(results).filter(({ count }) => count === samples);
  const floor = mean(floors.map(({ training }) => training[`${samples}`]!.frechet));
  const linesOf = (space: SpaceName): ChartLine[] =>
    results.cells
      .filter(({ group, cell }) => group === "matrix" && cell.space === space)
      .flatMap(({ id, cell: { head, sides } }): ChartLine[] => {
        const own = points.filter((point) => point.cell === id).toSorted((a, b) => of(a) - of(b));
        const name = `${head}, ${sides.length === 1 ? "single-scale" : "multi-scale"}`;
        return own.length === 0 ? [] : [{ name, x: own.map(of), y: own.map(({ distance }) => distance) }];
      });
  const charts = SPACES.map((space) => ({ space, lines: linesOf(space) })).filter(({ lines }) => lines.length > 0);
  return lineCharts({
    title: "Distance to real images against cost",
    subtitle: `Fréchet LeNet distance of ${samples} samples${isSmoke ? "; a smoke run" : ""}`,
    x: { label, scale: "log" },
    charts: charts.map(({ space, lines }) => ({
      label: `Fréchet LeNet distance, ${space}`,
      scale: "log",
      lines,
      rules: [{ name: "Training images", value: floor }],
    })),
  });
}
