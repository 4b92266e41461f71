import { lineCharts, type ChartLine } from "@nextscale/weather/plot";
import { mean } from "../../table/statistics.js";
import type { SpaceName } from "../cell/cell.js";
import { frontierOf, type FrontierPoint } from "./frontier.js";
import { pointsOf, type CostedPoint } from "./headline.js";
import type { CellResults, StudyResults } from "./results.js";

/** What the horizontal axis of a picture counts. */
export type CostAxis = "evaluations" | "operations" | "seconds";

const AXES: Readonly<Record<CostAxis, { readonly label: string; readonly of: (point: CostedPoint) => number }>> = {
  evaluations: { label: "Network evaluations of a sample", of: (point: CostedPoint) => point.evaluations },
  operations: { label: "MFLOP of a sample", of: (point: CostedPoint) => point.operations / 1e6 },
  seconds: { label: "Seconds of 1,000 samples", of: (point: CostedPoint) => point.seconds },
};

const SPACES: readonly SpaceName[] = ["pixels", "latents"];

/** Which cells a picture has: all of a study could not be told apart. */
const SUBJECTS = {
  /** Space, head and scales. */
  heads: ({ group }: CellResults) => group === "matrix",
  /** Diffusion of a single scale, whatever its kind, beside what it is held against. */
  diffusion: ({ group, cell: { head, sides } }: CellResults) =>
    group === "diffusion" ||
    (group === "matrix" && (head === "epsilon" ? sides.length === 1 : head === "categorical" && sides.length > 1)),
} as const;

/** Names of the pictures of one kind of cost. */
export type PictureSubject = keyof typeof SUBJECTS;

/**
 * Quality against one kind of cost as SVG: pixels above latents, a colour for each head and number of scales. Its line is the
 * frontier of all ways to sample it; those that a cheaper one is as close as are points beside the line. Real images are a rule.
 */
export function studyPicture(results: StudyResults, axis: CostAxis, subject: PictureSubject = "heads"): string {
  const { floors, study, isSmoke } = results;
  const { samples } = study.settings;
  const { label, of } = AXES[axis];
  const points = pointsOf(results).filter(({ count }) => count === samples);
  const floor = mean(floors.map(({ training }) => training[`${samples}`]!.frechet));
  const linesOf = (space: SpaceName): ChartLine[] =>
    results.cells
      .filter((one) => SUBJECTS[subject](one) && one.cell.space === space)
      .flatMap(({ id, label: long }) => {
        const own = points.filter(({ cell }) => cell === id);
        // Charts are of one space each.
        const name = long.replace(/^\w+, /, "");
        return frontierLines(name, own.map((point) => ({ name: point.name, distance: point.distance, cost: of(point) }))); // prettier-ignore
      });
  const charts = SPACES.map((space) => ({ space, lines: linesOf(space) })).filter(({ lines }) => lines.length > 0);
  const isSampledInManyWays = charts.some(({ lines }) => lines.some(({ x }) => x.length > 1));
  const key = isSampledInManyWays ? "; lines: the frontier of each cell, points off it: its other solvers and plans" : ""; // prettier-ignore
  return lineCharts({
    title: "Distance to real images against cost",
    subtitle: `Fréchet LeNet distance of ${samples} samples${key}${isSmoke ? "; a smoke run" : ""}`,
    x: { label, scale: "log" },
    charts: charts.map(({ space, lines }) => ({
      label: `Fréchet LeNet distance, ${space}`,
      scale: "log",
      lines,
      rules: [{ name: "Training images", value: floor }],
    })),
  });
}

/** The frontier of some points as a line, and the others of the same name and colour, apart from each other. */
export function frontierLines(name: string, points: readonly FrontierPoint[]): ChartLine[] {
  const frontier = frontierOf(points);
  const rest = points.filter((point) => !frontier.includes(point)).flatMap(({ cost, distance }) => [[cost, distance], [Number.NaN, Number.NaN]] as const); // prettier-ignore
  const line = (of: readonly (readonly [number, number])[]): ChartLine[] =>
    of.length === 0 ? [] : [{ name, x: of.map(([x]) => x), y: of.map(([, y]) => y) }];
  return [...line(frontier.map(({ cost, distance }) => [cost, distance])), ...line(rest)];
}
