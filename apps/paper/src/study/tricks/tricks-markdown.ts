import { spreadText, threeDigits } from "../../table/figures.js";
import { markdownTable } from "../../table/markdown-table.js";
import { mean } from "../../table/statistics.js";
import { agreementText, distanceText } from "../report/figures.js";
import { floorLines } from "../report/floor-lines.js";
import type { TrickRecord } from "./records.js";
import type { TrickFigures, TrickResults, TrickRow } from "./results.js";

/** The comparison of tricks as Markdown. */
export function tricksMarkdown(results: TrickResults): string {
  const { base, tricks } = results;
  return [
    ...intro(results),
    ...markdownTable(HEADER, [...floorRows(results), figureRow(base), ...tricks.map(figureRow)]),
    "",
    "### Differences from the base model",
    "",
    ...differenceIntro(results),
    "",
    ...markdownTable(DIFFERENCES, tricks.map(differenceRow(base))),
    "",
    "### What was chosen by validation images",
    "",
    ...tricks.flatMap(choiceLines),
    "",
    ...NOTES.map((note) => `- ${note}`),
    "",
  ].join("\n");
}

function intro({ identity, settings, isSmoke, seeds, base }: TrickResults): string[] {
  const { backbone, training, trainingImages, testImages, samples } = settings.study;
  const { width, depth, heads } = backbone;
  return [
    "## Section 6: what diffusion lends to next-scale models",
    "",
    ...(isSmoke ? ["**A smoke run: it shows that the program works, and its figures say nothing.**", ""] : []),
    `The base model is the study's next-scale model of latents: codes of five scales, Markov attention, the class as condition; a scale transformer ` +
      `(width ${width}, depth ${depth}, ${heads} heads, ${threeDigits(base.seeds[0]!.parameters)} parameters), trained for ${training.steps} steps of ` +
      `${training.batchSize} of ${trainingImages} MNIST images. Each row is this model with one switch: trained anew, or sampled in another way. ` +
      `What a row leaves open is chosen by ${settings.validationImages} other training images; the ${testImages} test images are for the tables alone. ` +
      `${seeds.length === 1 ? "Seed" : "Seeds"} ${seeds.join(", ")}. Engine ${identity.study.engine}.`,
    "",
    `Fréchet: LeNet distance of ${samples} samples to the test images, classes as frequent as in training; ± is ` +
      `${seeds.length === 1 ? "a 95 % interval by a bootstrap over samples" : "the standard deviation over seeds"}. The first row is the floor.`,
    "",
  ];
}

const HEADER = ["", "Fréchet ↓", "Class agreement ↑", "Bits/dim ≤ ↓", "Oracle of the codes ↓", "Evaluations", "MFLOP/sample", "s/1,000", "Training TFLOP", "Parameters"]; // prettier-ignore

function floorRows({ floors, settings }: TrickResults): string[][] {
  const { samples } = settings.study;
  const rest = ["–", "–", "0", "–", "–", "–", "–"];
  return floorLines(floors, [samples]).map(({ label, distance, classAgreement }) => [label, distance, classAgreement, ...rest]); // prettier-ignore
}

function figureRow({ label, kind, seeds, secondsPerThousand }: TrickFigures): string[] {
  const [first] = seeds as readonly [TrickRecord];
  return [
    label,
    distanceText(seeds.map(({ sample }) => sample)),
    agreementText(seeds.map(({ sample }) => sample)),
    spreadText(seeds.flatMap(({ likelihood }) => (likelihood === undefined ? [] : [likelihood.bitsPerDim])), 3),
    spreadText(seeds.flatMap(({ codes }) => (codes === undefined ? [] : [codes.oracle.frechet])), 2),
    `${first.sample.evaluations}`,
    threeDigits(first.sample.operations / 1e6),
    secondsPerThousand.length === 0 ? "–" : threeDigits(mean(secondsPerThousand)),
    kind === "sampled" ? "the base model's" : threeDigits(first.trainingOperations / 1e12),
    threeDigits(first.parameters),
  ]; // prettier-ignore
}

const DIFFERENCES = ["", "After", "Fréchet", "", "Class agreement, points", "", "Bits/dim", "Evaluations", "MFLOP/sample", "s/1,000"]; // prettier-ignore

function differenceIntro({ seeds }: TrickResults): string[] {
  return [
    seeds.length === 1
      ? "After less before, with 95 % intervals: of a bootstrap over samples, since there is one seed. **They do not know what another training would have given**, so for rows that were trained a verdict is about this training alone."
      : `After less before, seed by seed, with Student's 95 % intervals over ${seeds.length} seeds.`,
    "A trick helps or harms where the whole interval does; otherwise no difference is seen with so many samples and seeds. What is cheaper than the base model is judged by the same figures: its gain is in the last columns.",
  ];
}

function differenceRow(base: TrickFigures): (row: TrickRow) => string[] {
  const ratio = (before: number, after: number) => `× ${(after / before).toFixed(2)}`;
  const [first] = base.seeds as readonly [TrickRecord];
  return ({ label, source, differences, verdicts, seeds, secondsPerThousand }) => {
    const { frechet, classAgreement, bitsPerDim } = differences;
    const [own] = seeds as readonly [TrickRecord];
    return [
      label,
      source,
      intervalText(frechet, 2),
      verdicts.frechet,
      intervalText(scaled(classAgreement, 100), 2),
      verdicts.classAgreement,
      bitsPerDim === undefined ? "no likelihood" : intervalText(bitsPerDim, 3),
      ratio(first.sample.evaluations, own.sample.evaluations),
      ratio(first.sample.operations, own.sample.operations),
      secondsPerThousand.length === 0 || base.secondsPerThousand.length === 0
        ? "–"
        : ratio(mean(base.secondsPerThousand), mean(secondsPerThousand)),
    ];
  };
}

type Interval = { readonly mean: number; readonly lower?: number; readonly upper?: number };

function scaled({ mean: centre, lower, upper }: Required<Interval>, factor: number): Required<Interval> {
  return { mean: factor * centre, lower: factor * lower, upper: factor * upper };
}

/** `+0.12 (-0.03 to 0.27)`. */
function intervalText({ mean: centre, lower, upper }: Interval, digits: number): string {
  const text = `${centre < 0 ? "" : "+"}${centre.toFixed(digits)}`;
  return lower === undefined ? text : `${text} (${lower.toFixed(digits)} to ${upper!.toFixed(digits)})`;
}

function choiceLines({ label, seeds }: TrickRow): string[] {
  return seeds.flatMap(({ seed, choice }) => {
    if (choice === undefined) return [];
    const distances = choice.tried.map(({ distance }) => distance);
    const range =
      distances.length === 0
        ? ", by the likelihood of codes"
        : `, of ${distances.length} tried, with distances to validation images from ${Math.min(...distances).toFixed(2)} to ${Math.max(...distances).toFixed(2)}`;
    return [`- ${label}, seed ${seed}: ${choice.name}${range}.`];
  });
}

const NOTES: readonly string[] = [
  "Guidance is of the strength, constant or growing from none at the coarsest scale, that is closest to validation images; both passes count as evaluations. Scales of a schedule are numbered from 1, the coarsest. Choices are made with samples of another random stream than those of the tables.",
  "The likelihood of a trick is that of the distribution its samples have: guided, tempered and distilled logits are distributions of codes like any other. Codes that top-k cuts have none.",
  "The oracle is the distance of test images as their codes decode, over the scales that a row walks.",
  "The distilled student says two scales in one evaluation and has as many sites as the teacher: fewer evaluations one after the other, no fewer operations. Its training is that of the student; the teacher's, the base model's, comes before it.",
  "Bits/dim as in the matrix: an upper bound of −log₂ p(image)/784, the class, the codes, then the pixels given what they decode to. Operations are those of matrix products and convolutions of the traced programs, decoder included; times are those of the machine that drew them.",
  "The bundled tokeniser was trained on all training images, those that are held out here among them; the networks of this table were not.",
];
