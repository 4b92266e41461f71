import { formatTable } from "../output.js";
import { GRAPH_NETWORK, type GraphCost } from "./graph-costs.js";
import { exponentsOf, memoryOf, type GraphScaling, type GraphSizeCosts } from "./graph-scaling.js";

/** The costs of graphs for a person: by size, and how each of them grows. */
export function graphLines(graphs: GraphScaling | { readonly skipped: string }): string[] {
  if ("skipped" in graphs) return [`Graphs skipped: ${graphs.skipped}.`];
  const { sizes, stopped } = graphs;
  const end = stopped === undefined ? [] : [`Not measured from ${stopped.nodes} nodes on: ${stopped.reason}.`];
  if (sizes.length === 0) return end;
  const { width, heads, blocks, summaries } = GRAPH_NETWORK;
  const [smallest] = sizes;
  const { before } = smallest!.training.memory;
  return [
    formatTable([
      ["planar graphs", "edges", "coarsening", "training step", "sampling", "first time", "passes", "edges drawn"],
      ...sizes.map(({ nodes, coarsening, training, sampling }) => [
        `${nodes} nodes`,
        String(training.edges),
        time(coarsening.ms),
        time(training.ms),
        time(sampling.ms),
        time(sampling.firstMs),
        String(sampling.networkEvaluations),
        String(sampling.edges),
      ]),
    ]),
    "",
    formatTable([
      ["memory of the process, peak", "coarsening", "training step", "sampling", "all pairs alone"],
      ...sizes.map(({ nodes, coarsening, training, sampling, densePairs }) => [
        `${nodes} nodes`,
        ...[coarsening, training, sampling].map((cost) => megabytes(memoryOf(cost))),
        megabytes(densePairs),
      ]),
    ]),
    ...(sizes.length > 1 ? ["", formatTable(growthRows(sizes))] : []),
    ...end,
    `A network of width ${width}, ${heads} heads and ${blocks} blocks, untrained; nodes attend to those that may be joined with them and to ${summaries} summaries.`,
    `Each cell is of a process of its own. Memory is the peak resident set beyond the ${megabytes(before)} or so from before the job.`,
    "All pairs: the tensor that the same network reads of N x N pairs where it has no summaries, 44 bytes each, by calculation.",
  ];
}

/** How a cost grows: k of nodes^k, from each size to the next. */
function growthRows(sizes: readonly GraphSizeCosts[]): string[][] {
  const measures: readonly (readonly [string, (size: GraphSizeCosts) => number])[] = [
    ["coarsening", ({ coarsening }) => coarsening.ms],
    ["training step", ({ training }) => training.ms],
    ["sampling", ({ sampling }) => sampling.ms],
    ["memory of a training step", ({ training }) => memoryOf(training)],
    ["memory of sampling", ({ sampling }) => memoryOf(sampling)],
    ["all pairs", ({ densePairs }) => densePairs],
  ];
  return [
    ["grows as nodes to the power of", ...sizes.slice(1).map(({ nodes }, i) => `${sizes[i]!.nodes} to ${nodes}`)],
    ...measures.map(([name, of]) => [name, ...exponentsOf(sizes, of).map(exponent)]),
  ];
}

/** Nothing to speak of where there was no growth to measure. */
function exponent(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : "-";
}

function time(milliseconds: GraphCost["ms"]): string {
  return `${milliseconds.toFixed(milliseconds < 100 ? 1 : 0)} ms`;
}

function megabytes(bytes: number): string {
  const size = bytes / 1e6;
  return `${size.toFixed(size < 1 ? 3 : size < 100 ? 1 : 0)} MB`;
}
