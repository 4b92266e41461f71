import { expect, test } from "vitest";
import { resultsMarkdown } from "../../src/page/part-markdown.js";
import { RESULT_SCHEMAS } from "../../src/page/result-schemas.js";
import { SWEEP_CLAIMS, SWEEP_VARIANTS } from "../../src/sweep/claims.js";
import { cellSettings, FULL_SWEEP, gridOf, type GridCell } from "../../src/sweep/settings.js";
import { sweepOf, type CellRuns } from "../../src/sweep/sweep.js";
import { sweepPicture } from "../../src/sweep/sweep-picture.js";
import type { FloorRecord, RunRecord } from "../../src/table/records.js";
import type { Variant } from "../../src/variant/variant.js";

/* Figures that are made up: of 500 images a latent model has the lower error, of more the higher one. */

const seeds = [0, 1];
const scores = (error: number) => ({ meanSquaredError: error, psnrOfMeanError: 20, meanPsnr: 20.5, bandPsnr: 18 });

function runsOf(cell: GridCell, error: (variant: Variant) => number): CellRuns {
  const study = { settings: cellSettings(FULL_SWEEP, cell), data: "ab", engine: "none" };
  const run = (variant: Variant, seed: number): RunRecord => ({
    ...{ study, variant, seed, parameters: 10 },
    // Seeds differ by a little more between latents than between pixels, so that differences of seeds do.
    atSigma: scores(error(variant) + (variant.kind === "pixels" ? 0.000005 + 0.00009 * seed : 0.0001 * seed)),
    atShiftedSigma: scores(0.02),
    curve: [{ step: 10, meanSquaredError: 0.02 }],
    gradientNoise: [{ step: 234, value: 1 }],
    gradientNorm: { mean: 1, variance: 0.1 },
  });
  const both = { atSigma: scores(0.009), atShiftedSigma: scores(0.015) };
  const floors = seeds.map((seed): FloorRecord => ({ study, seed, floors: { identity: both, linear: both } }));
  return { cell, floors, runs: seeds.flatMap((seed) => SWEEP_VARIANTS.map((variant) => run(variant, seed))) };
}

const sweep = sweepOf(
  { settings: FULL_SWEEP, data: "ab", engine: "none" },
  seeds,
  gridOf(FULL_SWEEP).map((cell) =>
    runsOf(cell, ({ kind }) => 0.01 + (kind === "latents" ? (cell.trainingImages === 500 ? -0.002 : 0.002) : 0)),
  ),
);
const [first] = sweep.claims;

test("a statement holds in the cells whose figures say so, and in no others", () => {
  expect(sweep.isSmoke).toBe(false);
  expect(first).toMatchObject({ table: "table1", statement: SWEEP_CLAIMS[0]!.statement });
  for (const { trainingImages, outcome, readings } of first!.cells) {
    expect(outcome).toBe(trainingImages === 500 ? "supported" : "not supported");
    expect(readings[0]!.outcome).toBe(trainingImages === 500 ? "supported" : "contradicted");
  }
  // What neither side reaches decides nothing.
  expect(new Set(sweep.claims[1]!.cells.map(({ outcome }) => outcome))).toEqual(new Set(["undecided"]));
});

test("one seed decides nothing in any cell", () => {
  const one = sweepOf(
    sweep.study,
    [0],
    gridOf(FULL_SWEEP).map((cell) => {
      const { floors, runs } = runsOf(cell, () => 0.01);
      return { cell, floors: floors.slice(0, 1), runs: runs.filter(({ seed }) => seed === 0) };
    }),
  );
  expect(new Set(one.claims.flatMap(({ cells }) => cells.map(({ outcome }) => outcome)))).toEqual(new Set(["undecided"])); // prettier-ignore
});

test("in Markdown: the cells of each statement, how many it holds in, and the errors", () => {
  const back = JSON.parse(JSON.stringify(sweep)) as typeof sweep;
  expect(RESULT_SCHEMAS[sweep.format].safeParse(back).error).toBeUndefined();
  const text = resultsMarkdown(back);
  expect(text).toContain("the first 500, 5,000 or 60,000 images");
  expect(text).toContain("take 2,340 steps of 256 images");
  expect(text).toContain("| Table 1: A latent model ends with a lower error. | 3 | – | 6 | – |");
  expect(text).toMatch(
    /#### Table 1: A latent model ends with a lower error\.\n\n\| {2}\| σ = 0.1 \| σ = 0.2 \| σ = 0.5 \|/,
  );
  expect(text).toMatch(/\| 500 images \| Supported \(\+0.002 ± 0.000064\) \| Supported/);
  expect(text).toMatch(/\| 60,000 images \| Not supported: contradicted \(−0.002/);
  expect(text).toMatch(/\| Latent-MLP, 1 hidden layer \| 0.0080 ± 0.0001 \|/);
  expect(text).not.toContain("smoke");
});

test("in the picture: a square for each statement and cell, told apart without colours", () => {
  const picture = sweepPicture(sweep);
  const squares = sweep.claims.length * sweep.cells.length;
  expect(picture.match(/<g><title>/g)).toHaveLength(squares);
  const outcomes = sweep.claims.flatMap(({ cells }) => cells.map(({ outcome }) => outcome));
  const minus = outcomes.filter((outcome) => outcome === "not supported").length;
  // And one in the key.
  expect(picture.match(/>−<\/text>/g)).toHaveLength(minus + 1);
  expect(picture).toMatch(/^<svg .*<\/svg>\n$/s);
});
