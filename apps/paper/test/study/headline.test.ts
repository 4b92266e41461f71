import { expect, test } from "vitest";
import { usualCell } from "../../src/study/cell/cell.js";
import { headlines, type Headline } from "../../src/study/report/headline.js";
import type { CellResults } from "../../src/study/report/results.js";
import { headlineText } from "../../src/study/report/study-markdown.js";
import { cellOf, DIFFUSION, madeUpStudy, NEXT_SCALE, type Point } from "./made-up-study.js";

const judged = (...cells: readonly CellResults[]) => headlines(madeUpStudy("frontier", cells));
const headlineOf = (nextScale: readonly Point[], diffusion: readonly Point[]) =>
  judged(cellOf(NEXT_SCALE, nextScale), cellOf(DIFFUSION, diffusion))[0]!;

/** On it distance is 100 / operations. */
const LINE: readonly Point[] = [[100, 1], [10, 10], [1, 100]]; // prettier-ignore
const [none, all] = [0, Number.POSITIVE_INFINITY];

test.each<{
  readonly what: string;
  readonly nextScale: readonly Point[];
  readonly diffusion: readonly Point[];
  readonly distance: number;
  readonly factor: readonly [kind: string, value: number, lower: number, upper: number];
  readonly outcome: Headline["outcome"];
}>([
  { what: "diffusion comes closer, and pays twenty times as much", nextScale: [[10, 0.5]], diffusion: LINE, distance: 10, factor: ["interpolated", 20, 20, 20], outcome: "supported" },
  { what: "diffusion comes closer, and pays five times as much", nextScale: [[10, 2]], diffusion: LINE, distance: 10, factor: ["interpolated", 5, 5, 5], outcome: "not supported" },
  { what: "diffusion is cheaper", nextScale: [[10, 20]], diffusion: LINE, distance: 10, factor: ["interpolated", 0.5, 0.5, 0.5], outcome: "not supported" },
  { what: "diffusion is never as close: next-scale samples are cheaper where it is", nextScale: [[2, 0.1], [0.5, 10]], diffusion: LINE, distance: 1, factor: ["interpolated", 100, 100, 100], outcome: "supported" },
  { what: "diffusion is never as close, and not far from as cheap where it is", nextScale: [[2, 10], [0.5, 1000]], diffusion: LINE, distance: 1, factor: ["interpolated", 1, 1, 1], outcome: "not supported" },
  { what: "diffusion's cheapest is closer: ten times as much is not excluded", nextScale: [[10, 1]], diffusion: [[5, 20]], distance: 10, factor: ["at most", 20, none, 20], outcome: "undecided" },
  { what: "diffusion's cheapest is closer, and too cheap", nextScale: [[10, 1]], diffusion: [[5, 5]], distance: 10, factor: ["at most", 5, none, 5], outcome: "not supported" },
  { what: "the cheapest next-scale samples are closer", nextScale: [[1, 1]], diffusion: [[3, 20]], distance: 3, factor: ["at least", 20, 20, all], outcome: "supported" },
  { what: "the cheapest next-scale samples are closer, by how much is not known", nextScale: [[1, 4]], diffusion: [[3, 20]], distance: 3, factor: ["at least", 5, 5, all], outcome: "undecided" },
  { what: "a factor of twelve whose interval has ten in it", nextScale: [[10, 10 / 12, 2]], diffusion: LINE, distance: 10, factor: ["interpolated", 12, 120 / 13.92, 120 / 6.08], outcome: "undecided" },
  { what: "the same with diffusion's distance as uncertain", nextScale: [[10, 10 / 12]], diffusion: [[100, 1, 9], [10, 10, 2], [1, 100, 9]], distance: 10, factor: ["interpolated", 12, 120 / 13.92, 120 / 6.08], outcome: "undecided" },
  { what: "a factor of thirty with the same interval", nextScale: [[10, 10 / 30, 2]], diffusion: LINE, distance: 10, factor: ["interpolated", 30, 300 / 13.92, 300 / 6.08], outcome: "supported" },
  { what: "diffusion may be never as close", nextScale: [[1.1, 20, 0.1]], diffusion: LINE, distance: 1.1, factor: ["interpolated", 100 / 22, 100 / 20 / 1.296, all], outcome: "undecided" },
])("$what", ({ nextScale, diffusion, distance, factor: [kind, value, lower, upper], outcome }) => {
  const found = headlineOf(nextScale, diffusion);
  expect(found).toMatchObject({ distance, outcome, factors: { operations: { kind } } });
  for (const factor of [found.factors.operations, found.factors.seconds]) {
    expect(factor.value).toBeCloseTo(value, 9);
    expect(factor.lower).toBeCloseTo(lower, 9);
    if (upper === all) expect(factor.upper).toBe(all);
    else expect(factor.upper).toBeCloseTo(upper, 9);
  }
  const text = headlineText(found);
  expect(text).toContain(`At ${distance.toFixed(2)} next-scale samples take`);
  expect(text).toContain(`**${outcome}**`);
}); // prettier-ignore

test("neither single shots, nor diffusion with more evaluations than are allowed, nor sets of another size are compared", () => {
  const rival = cellOf(DIFFUSION, LINE);
  const shot = cellOf(usualCell("latents", "gaussian", [5]), [[0.1, 0.1]]);
  expect(judged(shot, rival)).toEqual([]);
  const own = cellOf(NEXT_SCALE, [[10, 0.5]]);
  const few = cellOf({ ...NEXT_SCALE, sides: [1, 2, 5] }, [[0.1, 0.1]], 10);
  // 30 scales' evaluations and more of them at T = 2 than 50.
  const long = cellOf({ ...DIFFUSION, sides: Array.from({ length: 30 }, () => 5) }, [[1000, 1], [0.01, 1]]); // prettier-ignore
  const [found] = judged(own, few, shot, rival, long);
  expect(found!.nextScale.closest.name).toBe(own.label);
  expect(found!.factors.operations.value).toBeCloseTo(20, 9);
});

test("of several seeds the interval is Student's, over seeds", () => {
  const own = cellOf(NEXT_SCALE, [[10, 0.5]]);
  const [samples] = own.samples;
  const seeds = [9, 10, 11].map((frechet) => ({ ...samples!.seeds[0]!, frechet, standardError: 5 }));
  const [found] = judged({ ...own, samples: [{ ...samples!, seeds }] }, cellOf(DIFFUSION, LINE));
  expect(found!.nextScale.closest).toMatchObject({ distance: 10, half: expect.closeTo(4.303 / Math.sqrt(3), 9) as number }); // prettier-ignore
});
