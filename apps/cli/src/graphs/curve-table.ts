import type { Share } from "@nextscale/graphs";
import type { Figures, ShareName } from "./comparison.js";
import { isSaturated, linesOf, nameIn, type Curve, type CurvePoint } from "./curve.js";
import { parsePlan } from "./sampling-plan.js";
import { figure, shareText } from "./share-text.js";

/** What a share is called in a table. */
export const SHARE_NAMES: Readonly<Record<ShareName, string>> = {
  valid: "valid",
  unique: "unique",
  novel: "novel",
  all: "valid, unique and novel",
};

/** What the share that says most is called, of graphs of which it is not known what makes them valid too. */
export function headlineOf({ terms, real }: Pick<Curve, "terms" | "real">): string {
  return terms.share === "all" && real.valid === undefined ? "unique and novel" : SHARE_NAMES[terms.share];
}

/** How many times as far from the set as training graphs or molecules are; undefined of too few samples. */
export function timesFloor({ distance, floor }: Pick<Figures, "distance" | "floor">): number | undefined {
  return distance === null || floor === null || !(floor > 0) ? undefined : distance / floor;
}

/**
 * Rows of a table, its header first: real ones in the samples' place, what the distance of real ones is, training ones in the samples' place
 * as a model that only repeats them, then each model by what it costs.
 */
export function curveRows(curve: Curve): string[][] {
  const { terms, real, training, settings } = curve;
  const hasValidity = real.valid !== undefined;
  const shares = (["valid", "unique", "novel", "all"] as const).filter((name) => name !== "valid" || hasValidity);
  const named = shares.map((name) => (name === "all" && !hasValidity ? "unique and novel" : SHARE_NAMES[name]));
  const cells = (of: Partial<Record<ShareName, Share>>) => shares.map((name) => (of[name] === undefined ? "-" : shareText(of[name]))); // prettier-ignore
  const distances = ({ distance, floor }: Pick<Figures, "distance" | "floor">) => {
    const times = timesFloor({ distance, floor });
    return [figure(distance), times === undefined ? "-" : times.toFixed(2)];
  };
  return [
    ["samples", "substeps", ...named, terms.distance, "times the floor", "evaluations", "ms"],
    [`real, ${settings.split}`, "-", ...cells(real), "-", "-", "-", "-"],
    [
      "floor: other training ones",
      "-",
      ...cells({}),
      ...distances({ ...training, distance: training.floor }),
      "-",
      "-",
    ],
    ["training, drawn at random", "-", ...cells(training), ...distances(training), "-", "-"],
    ...curve.points.map((point) => [
      ...[nameIn(curve, point), substepsCell(point), ...cells(point.figures), ...distances(point.figures)],
      ...[point.evaluationsPerGraph.toFixed(1), figure(point.millisecondsPerGraph)],
    ]),
  ];
}

function substepsCell(point: CurvePoint): string {
  return isSaturated(point) ? `${point.plan} and more` : point.plan;
}

/** What a reader has to know, a sentence each: what was measured, and whether quality rises with what it costs. */
export function curveNotes(curve: Curve): string[] {
  const { settings, terms, warnings } = curve;
  const { count, seed, engine, held, split, data } = settings;
  return [
    `${count} samples a row, seed ${seed}, unconstrained, on ${engine}. Evaluations of the network and milliseconds are of one graph, without loading and measuring.`,
    terms.share === "valid"
      ? "Valid is of all samples, unique of the valid, novel of the unique, and all three of all samples."
      : "All shares are of all samples.",
    `${capitalised(terms.distance)}: from ${held} of ${data} (${split}). The floor is how far as many training ones are, and times the floor is in units of that.`,
    ...sweepsNote(curve),
    ...linesOf(curve).map((points) => trendOf(curve, points)),
    ...linesOf(curve).flatMap((points) => saturationOf(curve, points)),
    ...warnings.map((warning) => `Note: ${warning}.`),
  ];
}

function sweepsNote({ points }: Curve): string[] {
  if (points.every(({ plan }) => parsePlan(plan).sweeps === 0)) return [];
  return [
    "+1 after substeps is one sweep: all codes of a level are drawn once more when they are there, each part knowing all the others.",
  ];
}

/** Whether a share rises from plan to plan, and where not; what intervals allow for is no fall. */
function trendOf(curve: Curve, points: readonly CurvePoint[]): string {
  const name = headlineOf(curve);
  const [first, last] = [points[0]!, points.at(-1)!];
  const share = ({ figures }: CurvePoint) => figures[curve.terms.share]!;
  const told = (point: CurvePoint) => `${percent(share(point))} at ${point.plan}`;
  const model = `${nameIn(curve, first)} (${first.hierarchy}, ${first.modelHash.slice(0, 12)})`;
  if (first === last) return `${model}: ${name} ${told(first)}.`;
  const pairs = points.slice(1).map((point, i) => [points[i]!, point] as const);
  const falls = pairs.filter(([a, b]) => (share(b).share ?? 0) < (share(a).share ?? 0));
  const real = falls.filter(([a, b]) => share(b).upper < share(a).lower);
  const ends = `${model}: with more evaluations ${name} goes from ${told(first)} to ${told(last)}${distanceTrend(points)}.`;
  const list = (some: typeof falls) => some.map(([a, b]) => `from ${told(a)} to ${told(b)}`).join(", ");
  if (falls.length === 0) return `${ends} The share falls nowhere.`;
  if (real.length === 0)
    return `${ends} Where it falls (${list(falls)}) intervals overlap: that is not more than chance.`;
  return `${ends} The share falls by more than chance ${list(real)}: more evaluations do not help there.`;
}

/** From where to where a distance goes, and where it is least if that is not at the end. */
function distanceTrend(points: readonly CurvePoint[]): string {
  const times = points.map(({ figures }) => timesFloor(figures) ?? Number.NaN);
  const [first, last, least] = [times[0]!, times.at(-1)!, Math.min(...times)];
  if (Number.isNaN(first) || Number.isNaN(last)) return "";
  const lowest = least < last ? `, least ${least.toFixed(2)} at ${points[times.indexOf(least)]!.plan}` : "";
  return `; the distance from ${first.toFixed(2)} to ${last.toFixed(2)} times the floor${lowest}`;
}

function saturationOf(curve: Curve, points: readonly CurvePoint[]): string[] {
  const point = points.find(isSaturated);
  if (point === undefined) return [];
  const { substeps, sweeps } = parsePlan(point.plan);
  return [
    `${nameIn(curve, point)}: no graph has more than ${point.mostEvaluations / (1 + sweeps)} codes, so more steps than ${String(substeps)} draw the same samples at the same cost.`,
  ];
}

/** The table and its notes as Markdown. */
export function curveMarkdown(curve: Curve): string {
  const [header, ...rows] = curveRows(curve).map((row) => `| ${row.map(escaped).join(" | ")} |`);
  const rule = `| ${curveRows(curve)[0]!.map((_, i) => (i < 2 ? "---" : "--:")).join(" | ")} |`; // prettier-ignore
  const notes = curveNotes(curve).map((note) => `- ${note}`);
  return `${[`# ${titleOf(curve)}`, "", header, rule, ...rows, "", ...notes].join("\n")}\n`;
}

/** `qm9: quality against network evaluations`. */
export function titleOf({ settings }: Pick<Curve, "settings">): string {
  return `${settings.data}: quality against network evaluations`;
}

function percent({ share }: Share): string {
  return share === null ? "none" : `${(100 * share).toFixed(1)} %`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What would end a cell. */
function escaped(cell: string): string {
  return cell.replaceAll("|", "\\|");
}
