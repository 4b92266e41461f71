import type { DistanceScore, ImageReport, SampleReport, SetScore } from "./report.js";

/**
 * A report as text for people: every figure beside what real images, or predictors without a model, reach.
 *
 * Figures of other programs are not shown. Fréchet distances under another network, bits per dimension of other data and
 * likelihoods under another binarisation cannot be compared with these.
 */
export function formatReport(report: ImageReport): string {
  const { model, data, featureNetwork, seed, seconds } = report;
  const { testAccuracy } = featureNetwork;
  const names = testAccuracy === undefined ? "" : `, which names ${percent(testAccuracy)} of the test images`;
  const heading = [
    `Model ${model.hash.slice(0, 12)} on ${model.engine}: ${model.tokens} codes of ${model.vocabulary}, scales ${model.scales.join(" ")}`,
    `Data ${data.train.name} (${data.train.count} images) and ${data.test.name} (${data.test.count})`,
    `Feature network ${featureNetwork.hash.slice(0, 12)}${names}`,
    `Seed ${seed}, ${report.unguided.count} samples, ${seconds.toFixed(0)} s`,
  ];
  const parts = [heading.join("\n"), tokeniser(report), scales(report), likelihood(report), samples(report)];
  return `${parts.join("\n\n")}\n`;
}

function tokeniser({ tokeniser: codes }: ImageReport): string {
  const { meanImage, linear } = codes.floors;
  const ratio = (error: number): string => (-10 * Math.log10(error)).toFixed(2);
  return table([
    ["Tokeniser, test images", "codes", `linear, ${linear.numbers} numbers`, "mean image"],
    ["mean squared error", figure(codes.meanSquaredError), figure(linear.meanSquaredError), figure(meanImage)],
    ["PSNR of the mean error, dB", ratio(codes.meanSquaredError), ratio(linear.meanSquaredError), ratio(meanImage)],
    ["mean of the PSNRs, dB", codes.meanPsnr.toFixed(2), "", ""],
    ["Fréchet LeNet distance", figure(codes.frechet), "", ""],
  ]);
}

function scales({ tokeniser: { scales: use }, likelihood, model }: ImageReport): string {
  const { codes, calibration, labelNats } = likelihood;
  const nats = labelNats > 0 ? "nats a code given the class" : "nats a code";
  const header = ["Scale", "codes", "in use", "dead", "perplexity", nats, "unigram", "calibration error"];
  const rows = codes.scales.map((scale, k) => [
    `${model.scales[k]!}x${model.scales[k]!}`,
    String(scale.sites),
    percent(use[k]!.usage),
    String(use[k]!.dead),
    use[k]!.perplexity.toFixed(1),
    scale.natsPerCode.toFixed(3),
    scale.unigramNatsPerCode.toFixed(3),
    calibration[k]!.expectedError.toFixed(4),
  ]);
  return table([header, ...rows]);
}

function likelihood({ likelihood: { codes, labelNats, twoPartBits, binaryNats, floors } }: ImageReport): string {
  const error = codes.natsStandardError.toFixed(2);
  const given = labelNats > 0 ? "exact, given the class" : "exact";
  return table([
    ["Likelihood, test images", "model", "without a model"],
    ...(labelNats > 0 ? [["class, nats an image", labelNats.toFixed(2), ""]] : []),
    [
      `codes, nats an image (${given})`,
      `${codes.nats.toFixed(2)} ± ${error}`,
      `${codes.unigramNats.toFixed(2)} unigram`,
    ],
    [
      "two-part bits/dim, logistic",
      twoPartBits.logistic.toFixed(4),
      `${floors.histogramBits.toFixed(4)} one histogram`,
    ],
    [
      "two-part bits/dim, histogram",
      twoPartBits.histogram.toFixed(4),
      `${floors.pixelHistogramBits.toFixed(4)} one a pixel`,
    ],
    ["dark or bright, nats an image", binaryNats.toFixed(2), `${floors.bernoulliNats.toFixed(2)} Bernoulli`],
  ]);
}

/** One column of the table of samples: what is known of one set of images. */
interface Column {
  readonly title: string;
  readonly distances?: DistanceScore;
  readonly set?: SetScore;
  readonly samples?: SampleReport;
  readonly agreement?: number | undefined;
  readonly ratio?: number;
  readonly nearCopies?: number;
}

function samples({ unguided, guided, floors, featureNetwork }: ImageReport): string {
  const sampled = (title: string, report: SampleReport): Column => ({
    title,
    distances: report,
    set: report,
    samples: report,
    agreement: report.classAgreement,
    ratio: report.memorisation.ratio,
    nearCopies: report.memorisation.nearCopies,
  });
  const columns: readonly Column[] = [
    sampled("unguided", unguided),
    ...(guided === undefined ? [] : [sampled(`guided ${guided.guidanceScale}`, guided)]),
    { title: `${floors.subset.count} training`, distances: floors.subset, set: floors.subset },
    { title: "all training", distances: floors.all },
    // By definition: the test images are what samples' distances to the training images are divided by.
    { title: "test", agreement: featureNetwork.testAccuracy, ratio: 1, nearCopies: 0.01 },
  ];
  const floor = floors.subset.frechet.distance;
  const rows: readonly [name: string, value: (column: Column) => string | undefined][] = [
    ["class agreement", ({ agreement }) => percentOf(agreement)],
    ["Fréchet LeNet distance", ({ distances }) => distances && figure(distances.frechet.distance)],
    ["  in floors", ({ distances }) => distances && (distances.frechet.distance / floor).toFixed(2)],
    [
      "Fréchet distance, 64 principal components",
      ({ distances }) => distances && figure(distances.pcaFrechet.distance),
    ],
    ["kernel distance", ({ set }) => set && `${figure(set.kernel.distance)} ± ${figure(set.kernel.standardError)}`],
    ["density", ({ set }) => set?.densityCoverage.density.toFixed(3)],
    ["coverage", ({ set }) => set?.densityCoverage.coverage.toFixed(3)],
    ["memorisation ratio", ({ ratio }) => ratio?.toFixed(3)],
    ["nearer to training than 99 % of test images", ({ nearCopies }) => percentOf(nearCopies)],
    ["network evaluations", ({ samples: report }) => report && String(report.networkEvaluations)],
    ["seconds per 1,000", ({ samples: report }) => report?.secondsPerThousand.toFixed(2)],
  ];
  return table([
    ["Images against test images", ...columns.map(({ title }) => title)],
    ...rows.map(([name, value]) => [name, ...columns.map((column) => value(column) ?? "")]),
  ]);
}

/** Columns of equal width, the first to the left, the others to the right, a line under the header. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join("  "),
  );
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [lines[0]!, rule, ...lines.slice(1)].map((line) => line.trimEnd()).join("\n");
}

/** Four significant digits. */
function figure(value: number): string {
  return Math.abs(value) >= 1e-4 || value === 0 ? Number(value.toPrecision(4)).toString() : value.toExponential(2);
}

function percentOf(share: number | undefined): string | undefined {
  return share === undefined ? undefined : percent(share);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
