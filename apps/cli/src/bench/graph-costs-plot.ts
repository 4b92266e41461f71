import { logLogPlot } from "@nextscale/weather/plot";
import { memoryOf, type GraphScaling, type GraphSizeCosts } from "./graph-scaling.js";

/** How the costs of graphs grow with their nodes: times, and memory beside that of a tensor of all pairs. As SVG. */
export function graphCostsPlot({ sizes }: Pick<GraphScaling, "sizes">, machine: string): string {
  const of = (costOf: (size: GraphSizeCosts) => number) => sizes.map(costOf);
  const megabytes = (costOf: (size: GraphSizeCosts) => number) => of((size) => costOf(size) / 1e6);
  const [smallest] = sizes;
  return logLogPlot({
    title: "What graphs cost by their number of nodes",
    subtitle: machine,
    x: of(({ nodes }) => nodes),
    xLabel: "Nodes of a planar graph",
    charts: [
      {
        label: "Time (ms)",
        lines: [
          { name: "coarsening", values: of(({ coarsening }) => coarsening.ms) },
          { name: "a training step", values: of(({ training }) => training.ms) },
          { name: "sampling a graph", values: of(({ sampling }) => sampling.ms) },
          {
            name: "in proportion to the nodes",
            values: of(({ nodes }) => (smallest!.coarsening.ms * nodes) / smallest!.nodes),
            reference: true,
          },
        ],
      },
      {
        label: "Peak memory (MB)",
        lines: [
          { name: "memory, a training step", values: megabytes(({ training }) => memoryOf(training)) },
          { name: "memory, sampling a graph", values: megabytes(({ sampling }) => memoryOf(sampling)) },
          { name: "a tensor of all pairs alone", values: megabytes(({ densePairs }) => densePairs), reference: true },
        ],
      },
    ],
  });
}
