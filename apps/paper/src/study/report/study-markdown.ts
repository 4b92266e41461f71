import { decibels } from "../../measure/decibels.js";
import { spreadText, threeDigits } from "../../table/figures.js";
import { markdownTable } from "../../table/markdown-table.js";
import { mean, median } from "../../table/statistics.js";
import { cellLabel } from "../cell/cell.js";
import { evaluationsOf, PLAIN, samplingLabel } from "../sampling/sampling.js";
import { agreementText, distanceText } from "./figures.js";
import { floorLines } from "./floor-lines.js";
import { CLAIMED_FACTOR, headlines, pointsOf, type CostFactor, type Headline, type HeadlineSide } from "./headline.js"; // prettier-ignore
import { samplesOf, type CellResults, type SampleResults, type StudyResults } from "./results.js";
import { isStepSeries, matrixSampling, stepSeries } from "./study-plan.js";

/** A part of the study as Markdown. */
export function studyMarkdown(results: StudyResults): string {
  return [...intro(results), ...(results.name === "matrix" ? matrixLines(results) : frontierLines(results)), ""].join(
    "\n",
  );
}

const TITLES = {
  matrix: "Section 6: space, head and scales on one backbone",
  frontier: "Section 6: quality against cost",
} as const;

function intro({ name, study, isSmoke, seeds, cells }: StudyResults): string[] {
  const { settings, engine } = study;
  const { width, depth, heads } = settings.backbone;
  const sizes = cells.map(({ parameters }) => parameters);
  const spread = 100 * (Math.max(...sizes) / Math.min(...sizes) - 1);
  const { steps, batchSize } = settings.training;
  return [
    `## ${TITLES[name]}`,
    "",
    ...(isSmoke ? ["**A smoke run: it shows that the program works, and its figures say nothing.**", ""] : []),
    `MNIST, ${settings.trainingImages} images to train on, ${settings.testImages} to test with. Every cell is the same scale transformer (width ` +
      `${width}, depth ${depth}, ${heads} heads, class as condition) with ${threeDigits(Math.min(...sizes))} to ${threeDigits(Math.max(...sizes))} parameters ` +
      `(${spread.toFixed(1)} % apart: input projection and head), trained for ${steps} steps of ${batchSize} images. ` +
      `${seeds.length === 1 ? "Seed" : "Seeds"} ${seeds.join(", ")}. Engine ${engine}.`,
    "",
    `Fréchet: LeNet distance of ${settings.samples} samples to the test images, ${settings.fewSamples} where a sample takes more than 50 evaluations ` +
      `(then with a *), classes as frequent as in training; ± is ${seeds.length === 1 ? "a 95 % interval by a bootstrap over samples" : "the standard deviation over seeds"}. ` +
      "It is biased upwards by about 1/samples: the first row is the floor.",
    "",
  ];
}

const HEADER = ["", "Sampler", "Oracle of the codes ↓", "Fréchet ↓", "Class agreement ↑", "Bits/dim ≤ ↓ (test images)", "Calibration error ↓", "Evaluations", "MFLOP/sample", "s/1,000", "Training TFLOP", "Training s", "Parameters"]; // prettier-ignore

function matrixLines(results: StudyResults): string[] {
  const { cells, steps } = results;
  const rows = (group: CellResults["group"]) =>
    cells
      .filter((cell) => cell.group === group)
      .map((cell) => cellRow(results, cell, matrixSampling(cell.cell, steps)));
  const ablated = cells.filter(({ group, cell }) => group === "matrix" && cellLabel(cell) === "Latents, categorical, 5 scales"); // prettier-ignore
  return [
    ...markdownTable(HEADER, [...floorRows(results), ...rows("matrix")]),
    "",
    "### What the next-scale model of latents depends on",
    "",
    ...markdownTable(HEADER, [...ablated.map((cell) => cellRow(results, cell, PLAIN)), ...rows("ablation")]),
    "",
    "### Other diffusion of a single scale",
    "",
    ...markdownTable(HEADER, rows("diffusion")),
    "",
    ...sensitivityLines(results),
    "",
    ...codeLines(results),
    "",
    ...NOTES.map((note) => `- ${note}`),
  ];
}

function floorRows({ floors, study }: StudyResults): string[][] {
  const { samples, fewSamples } = study.settings;
  const rest = ["–", "0", "–", "–", "–", "–", "–"];
  const histograms = `${mean(floors.map(({ histogramBits }) => histogramBits)).toFixed(2)}, ${mean(floors.map(({ pixelHistogramBits }) => pixelHistogramBits)).toFixed(2)}`; // prettier-ignore
  return [
    ...floorLines(floors, [samples, fewSamples]).map(({ label, distance, classAgreement }) => [label, "", "–", distance, classAgreement, "–", ...rest]), // prettier-ignore
    ["One histogram, a histogram for each pixel (trivial)", "", "–", "–", "–", `${histograms} (${threeDigits(study.settings.testImages)})`, ...rest], // prettier-ignore
  ];
}

function cellRow(
  results: Pick<StudyResults, "study">,
  cell: CellResults,
  sampling: SampleResults["sampling"],
): readonly string[] {
  const samples = samplesOf(cell, sampling)!;
  const { seeds, secondsPerThousand } = samples;
  return [
    cell.label,
    samplingLabel(sampling),
    oracleText(cell),
    `${distanceText(seeds)}${star(results, samples)}`,
    agreementText(seeds),
    `${spreadText(cell.likelihood.map(({ bitsPerDim }) => bitsPerDim), 3)} (${threeDigits(cell.likelihood[0]!.images)})`,
    spreadText(cell.codes.map(({ calibrationOfAll }) => calibrationOfAll), 4),
    `${evaluationsOf(sampling, cell.cell.sides.length)}`,
    threeDigits(seeds[0]!.operations / 1e6),
    threeDigits(median(secondsPerThousand)),
    threeDigits(cell.trainingOperations / 1e12),
    cell.trainingSeconds.length === 0 ? "–" : threeDigits(mean(cell.trainingSeconds)),
    threeDigits(cell.parameters),
  ]; // prettier-ignore
}

function star({ study }: Pick<StudyResults, "study">, { seeds }: SampleResults): string {
  return seeds[0]!.count === study.settings.samples ? "" : " *";
}

/** Without an interval: it is the same images on either side. */
function oracleText({ codes }: CellResults): string {
  return spreadText(codes.map(({ oracle }) => oracle.frechet), 2); // prettier-ignore
}

function sensitivityLines(results: StudyResults): string[] {
  const { cells, steps } = results;
  const scales = cells
    .filter(({ cell, group }) => cell.space === "latents" && cell.head === "categorical" && group !== "ablation")
    .toSorted((a, b) => a.cell.sides.length - b.cell.sides.length)
    .map((cell) => {
      const { codes } = cell;
      const bits = codes[0]!.bits;
      const found = samplesOf(cell, PLAIN)!;
      return [`S = ${cell.cell.sides.length} (${cell.cell.sides.join(", ")}), ${bits} bits`, oracleText(cell), distanceText(found.seeds), threeDigits(found.seeds[0]!.operations / 1e6)]; // prettier-ignore
    });
  const series = cells.find(({ cell }) => isStepSeries(cell));
  const times = stepSeries(steps).flatMap((sampling) => {
    const found = series && samplesOf(series, sampling);
    return found === undefined ? [] : [[`T = ${evaluationsOf(sampling, 1)}`, "–", `${distanceText(found.seeds)}${star(results, found)}`, threeDigits(found.seeds[0]!.operations / 1e6)]]; // prettier-ignore
  });
  return [
    "### Sensitivity to S and to T",
    "",
    "Codes of latents in S scales, an evaluation each, and diffusion of latents in T steps of DDIM.",
    "",
    ...markdownTable(["", "Oracle of the codes ↓", "Fréchet ↓", "MFLOP/sample"], [...scales, ...times]),
  ];
}

/** What is known of codes besides their samples. */
function codeLines({ cells }: StudyResults): string[] {
  const rows = cells
    .filter(({ codes }) => codes.length > 0)
    .map(({ label, codes }) => {
      const [first] = codes;
      const byScale = first!.calibration.map((_, k) => spreadText(codes.map(({ calibration }) => calibration[k]!), 3)); // prettier-ignore
      return [label, `${first!.codes}`, `${first!.bits}`, spreadText(codes.map(({ meanSquaredError }) => decibels(meanSquaredError)), 2), byScale.join(", ")]; // prettier-ignore
    });
  return [
    "### Codes, and calibration scale by scale",
    "",
    ...markdownTable(["", "Codes", "Bits", "PSNR of what they decode to (dB) ↑", "Calibration error, coarsest scale first ↓"], rows), // prettier-ignore
  ];
}

const NOTES: readonly string[] = [
  "Pixels: the Laplacian pyramid of section 4 with levels of 1, 2, 4, 7 and 28 pixels a side, the finest in patches of 4 x 4, so that no scale has more than 49 sites and both spaces have five scales. Latents: 5 x 5 x 24, of the tokeniser of the bundled model `mnist`.",
  "Codes of latents in five scales are the tokeniser's (256 a site) where nothing else is said. All others are fitted by residual k-means in walk order: two codes of 128 a token, one of 32 where a token is a single pixel; the sensitivity to S has five scales of both, told apart by their bits. The oracle is the distance of test images as their codes decode.",
  "Attention is Markov (eq. 18) in all cells but the one that says otherwise. Continuous heads see exact residuals in training and their own samples afterwards.",
  "Diffusion: velocity under a cosine schedule of 1,000 times. At its last time there is no signal, and a prediction of epsilon would not tell what the data are; plans of few steps start there. With several scales T steps are taken at each. Rectified flow is the same network along straight lines, followed in T of Euler's steps. Discrete diffusion (D3PM) absorbs the fitted codes of one scale.",
  "Bits/dim is an upper bound of −log₂ p(image)/784 in all cells: the class, then codes (exact), or latent variables near the residuals (Gaussian: KL against the network's; diffusion and flow: DDPM's bound over the times of training), then the pixels, given what is decoded.",
  "In brackets after bits/dim is the number of test images that they were measured on. PSNR is that of test images as their codes decode, from their mean squared error; samples have none, as no image is what they should be.",
  "Operations are those of matrix products and convolutions of the traced programs, decoder included; a training counts three times its forward passes. Times are those of the machine that trained and drew, samples in batches of 250.",
];

function frontierLines(results: StudyResults): string[] {
  const all = pointsOf(results);
  const found = headlines(results);
  const rows = all
    .toSorted((a, b) => a.operations - b.operations)
    .map(({ name, seeds, count, evaluations, operations, seconds }) => {
      const star = count === results.study.settings.samples ? "" : " *";
      return [name, `${distanceText(seeds)}${star}`, `${evaluations}`, threeDigits(operations / 1e6), threeDigits(seconds)]; // prettier-ignore
    });
  return [
    "### The claim",
    "",
    `At equal Fréchet distance next-scale samples, of at least two scales, against diffusion with at most ${results.steps.most} evaluations, each on its frontier: ` +
      `claimed are ${CLAIMED_FACTOR} times fewer operations. They are compared at the larger of their two least distances, which both reach. In brackets ` +
      "the factor where the distance is off by its 95 % interval, in which the distances of both sides have a part: the whole of it decides. A bound is unknown where no " +
      "point is as close, or the cheapest is closer still. Both sides are picked by the distances to test images that they are compared by, so both are " +
      "a little flattered. Seconds of what is compared are medians of three rounds through all of it, a batch of each; those of others, of when they were drawn.",
    "",
    ...(found.length === 0 ? ["There are no samples of both kinds to compare."] : found.map(headlineText)),
    "",
    "### All points, by operations",
    "",
    ...markdownTable(["", "Fréchet ↓", "Evaluations", "MFLOP/sample", "s/1,000"], rows),
  ];
}

const WHERE = { all: "Pixels and latents", pixels: "Pixels", latents: "Latents" } as const;

/** A headline as a line of a list. */
export function headlineText({ space, distance, nextScale, diffusion, factors, outcome }: Headline): string {
  const closest = ({ closest: { name, distance: least, half } }: HeadlineSide) =>
    `${name} (${least.toFixed(2)} ± ${half.toFixed(2)})`;
  return (
    `- ${WHERE[space]}: the closest next-scale samples are ${closest(nextScale)}, the closest of diffusion ${closest(diffusion)}. ` +
    `At ${distance.toFixed(2)} next-scale samples take ${costsText(nextScale)}, those of diffusion ${costsText(diffusion)}: ` +
    `${factorText(factors.operations)} the operations and ${factorText(factors.seconds)} the seconds. ` +
    `At least ${CLAIMED_FACTOR} times fewer operations: **${outcome}**.`
  );
}

function costsText({ costs: { operations, seconds } }: HeadlineSide): string {
  const text = ({ kind, cost }: HeadlineSide["costs"]["seconds"], unit: string) =>
    `${kind === "at most" ? "at most " : ""}${threeDigits(cost)} ${unit}`;
  return `${text({ ...operations, cost: operations.cost / 1e6 }, "MFLOP")} and ${text(seconds, "s/1,000")} (${operations.name})`;
}

/** `at least 12.0 times (9.1 to unknown)`. */
function factorText({ value, kind, lower, upper }: CostFactor): string {
  const bound = (factor: number) => (factor > 0 && Number.isFinite(factor) ? factor.toFixed(1) : "unknown");
  return `${kind === "interpolated" ? "" : `${kind} `}${value.toFixed(1)} times (${bound(lower)} to ${bound(upper)})`;
}
