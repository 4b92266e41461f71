import { evaluateGraphs, isConnected, isPlanar, isTree, sbmAcceptance, type Graph, type GraphReport, type GraphSetName, type GraphSplit, type KernelSet, type VunReport, type UniqueNovelReport } from "@nextscale/graphs"; // prettier-ignore
import { randomStream, untilSignalsAreSeen } from "@nextscale/refinement-core";
import { formatTable } from "../output.js";
import { figure, shareText } from "./share-text.js";

/** What samples are measured against, and how. */
export interface GraphComparison extends Pick<GraphSplit, "train"> {
  readonly dataset: GraphSetName;
  /** The part of the set that samples are compared with. */
  readonly held: readonly Graph[];
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Called with the name of what is computed. */
  readonly onStage: (stage: string) => void;
}

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

/** Measures graphs with both sets of kernels. */
export async function compareGraphs(samples: readonly Graph[], comparison: GraphComparison): Promise<GraphReports> {
  const { dataset, train, held, seed, signal, onStage } = comparison;
  const test = VALID[dataset]?.test(seed);
  const options = {
    ...{ samples, train, test: held },
    // Fitting a block model takes a second, and both reports ask.
    ...(test === undefined ? {} : { isValid: remembered(test) }),
  };
  const reportOf = async (kernels: KernelSet): Promise<GraphReport> => {
    onStage(`comparing with the kernels ${kernels}`);
    await untilSignalsAreSeen();
    signal.throwIfAborted();
    return evaluateGraphs({ ...options, kernels, stream: randomStream(seed, "cli/graphs/evaluate/floor") });
  };
  return { spectre: await reportOf("spectre"), graphrnn: await reportOf("graphrnn") };
}

function remembered(test: (graph: Graph) => boolean): (graph: Graph) => boolean {
  const answers = new Map<Graph, boolean>();
  return (graph) => {
    const known = answers.get(graph) ?? test(graph);
    answers.set(graph, known);
    return known;
  };
}

/** Distances and shares as tables, each beside what real graphs score. @param split what these are called */
export function graphTables(reports: GraphReports, dataset: GraphSetName, split: string): string[] {
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
