import { fitGraphEvaluation, isConnected, isPlanar, isTree, sbmAcceptance, type Graph, type GraphEvaluation, type GraphReport, type GraphSetName, type GraphSplit, type KernelSet, type VunReport, type UniqueNovelReport } from "@nextscale/graphs"; // prettier-ignore
import { readGraphFile } from "@nextscale/graphs/node";
import { permutation, randomStream, untilSignalsAreSeen } from "@nextscale/refinement-core";
import { formatTable } from "../output.js";
import { showStages } from "../stage-line.js";
import type { Comparison, ComparisonOptions, Shares } from "./comparison.js";
import { setOrGenerated } from "./set-or-generated.js";
import { figure, shareText } from "./share-text.js";

/** Reports by the two published sets of kernels. */
export type GraphReports = Readonly<Record<KernelSet, GraphReport>>;

/** What makes a graph valid, as published, by set. */
const VALID: Readonly<
  Partial<Record<GraphSetName, { readonly name: string; readonly test: (seed: number) => (graph: Graph) => boolean }>>
> = {
  planar: { name: "planar and connected", test: () => (graph) => isConnected(graph) && isPlanar(graph) },
  tree: { name: "a tree", test: () => isTree },
  sbm: {
    name: "accepted as a stochastic block model",
    test: (seed) => (graph) => sbmAcceptance(graph, randomStream(seed, "cli/graphs/evaluate/sbm")).accepted,
  },
};

/**
 * Compares graphs with a set of them.
 *
 * @throws NextscaleError as `readGraphSet`, where our own generators do not have its like
 */
export async function graphComparison(name: GraphSetName, options: ComparisonOptions): Promise<Comparison> {
  const { name: data, train, warnings, ...set } = await setOrGenerated(name);
  return comparisonOfGraphs({ dataset: name, data, train, held: set[options.split], warnings }, options);
}

/** Graphs to compare with. */
export interface ComparedGraphs extends Pick<Comparison, "data" | "warnings">, Pick<GraphSplit, "train"> {
  readonly dataset: GraphSetName;
  readonly held: readonly Graph[];
}

/** Compares graphs with others. */
export function comparisonOfGraphs(
  { dataset, data, train, held, warnings }: ComparedGraphs,
  { split, seed, signal }: ComparisonOptions,
): Comparison {
  const stages = showStages(process.stderr);
  const next = async (stage: string): Promise<void> => {
    stages.begin(stage);
    await untilSignalsAreSeen();
    signal.throwIfAborted();
  };
  const test = VALID[dataset]?.test(seed);
  // Fitting a block model takes a second, and both reports ask.
  const isValid = test === undefined ? {} : { isValid: remembered(test) };
  const evaluations = new Map<KernelSet, GraphEvaluation>();
  const reportOf = async (kernels: KernelSet, samples: readonly Graph[]): Promise<GraphReport> => {
    let evaluation = evaluations.get(kernels);
    if (evaluation === undefined) {
      await next(`describing real graphs for the kernels ${kernels}`);
      const stream = randomStream(seed, "cli/graphs/evaluate/floor");
      evaluation = fitGraphEvaluation({ train, test: held, kernels, stream, ...isValid });
      evaluations.set(kernels, evaluation);
    }
    await next(`comparing with the kernels ${kernels}`);
    return evaluation.score(samples);
  };
  return {
    ...{ data, warnings, usual: held.length, sizes: { train: train.length, held: held.length } },
    terms: { distance: "mean ratio of MMD²", share: "all" },
    gather() {
      const samples: Graph[] = [];
      return {
        async add(graphs) {
          samples.push(...graphs);
        },
        async addFile(path, skipInvalid) {
          const { records, skipped, skippedCount } = await readGraphFile(path, { skipInvalid });
          for (const { graph } of records) samples.push(graph);
          return { skipped, skippedCount };
        },
        async addTraining(count) {
          const order = permutation(randomStream(seed, "cli/graphs/training"), train.length, { item: 0 });
          samples.push(...Array.from(order.subarray(0, count), (at) => train[at]!));
        },
        async measure() {
          try {
            const graphs = { spectre: await reportOf("spectre", samples), graphrnn: await reportOf("graphrnn", samples) }; // prettier-ignore
            const { ratio, floors, vun } = graphs.spectre;
            return {
              report: { graphs },
              tables: graphTables(graphs, dataset, split),
              figures: { ...sharesOf(vun), distance: ratio.mean, floor: floors.subsets.ratio?.mean ?? null },
              real: sharesOf(floors.test),
            };
          } finally {
            stages.end();
          }
        },
      };
    },
    close: async () => stages.end(),
  };
}

function sharesOf(report: VunReport | UniqueNovelReport): Shares {
  const { unique, novel, uniqueNovel } = report;
  if (!("valid" in report)) return { unique, novel, all: uniqueNovel };
  return { valid: report.valid, unique, novel, all: report.validUniqueNovel };
}

function remembered(test: (graph: Graph) => boolean): (graph: Graph) => boolean {
  const answers = new WeakMap<Graph, boolean>();
  return (graph) => {
    const known = answers.get(graph) ?? test(graph);
    answers.set(graph, known);
    return known;
  };
}

/** Distances and shares as tables, each beside what real graphs score. @param split what these are called */
function graphTables(reports: GraphReports, dataset: GraphSetName, split: string): string[] {
  const { vun, floors, sizes } = reports.spectre;
  const row = (name: string, of: (report: VunReport | UniqueNovelReport) => Parameters<typeof shareText>[0]) => [
    name,
    shareText(of(vun)),
    shareText(of(floors.test)),
  ];
  const valid = "valid" in vun ? [row(`valid: ${VALID[dataset]?.name}`, (report) => (report as VunReport).valid)] : [];
  const all =
    "valid" in vun
      ? row("valid, unique and novel", (report) => (report as VunReport).validUniqueNovel)
      : row("unique and novel", ({ uniqueNovel }) => uniqueNovel);
  const shares = [
    ["", `${sizes.samples.graphs} samples`, `${sizes.test.graphs} real ones (${split})`],
    ...valid,
    row("unique", ({ unique }) => unique),
    row("novel", ({ novel }) => novel),
    all,
  ];
  const undecided = vun.undecided === 0 ? [] : [`${vun.undecided} samples count as copies because a search ran out of steps`]; // prettier-ignore
  const empty = sizes.samples.empty === 0 ? [] : [`${sizes.samples.empty} samples have no node and are left out of distances`]; // prettier-ignore
  return [formatTable(shares), ...undecided, ...empty, ...Object.values(reports).flatMap((report) => ["", ...distanceTable(report)])]; // prettier-ignore
}

function distanceTable({ kernels, distances, ratio, floors, sizes }: GraphReport): string[] {
  const { subsets } = floors;
  const spread = ({ mean, standardDeviation }: { mean: number; standardDeviation: number }) =>
    `${figure(mean)} ± ${figure(standardDeviation)}`;
  const rows = (Object.keys(distances) as (keyof typeof distances)[]).map((statistic) => [
    statistic,
    figure(distances[statistic]),
    figure(floors.train[statistic]),
    spread(subsets.distances[statistic]!),
    figure(ratio.ratios[statistic]),
  ]);
  const header = ["MMD²", "samples", `all ${sizes.train.graphs} training graphs`, `${subsets.graphs} of them`, "ratio"];
  const mean = ["mean ratio", figure(ratio.mean), "1", subsets.ratio === null ? "-" : spread(subsets.ratio)];
  const excluded = ratio.excluded.length === 0 ? [] : [`no ratio to almost nothing: ${ratio.excluded.join(", ")}`];
  return [`kernels ${kernels}`, formatTable([header, ...rows, mean]), ...excluded];
}
