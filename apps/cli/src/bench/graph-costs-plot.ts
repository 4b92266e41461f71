import { lineCharts } from "@nextscale/weather/plot";
import { memoryOf, type GraphScaling, type GraphSizeCosts } from "./graph-scaling.js";

/** How the costs of graphs grow with their nodes: times, and memory beside that of a tensor of all pairs. As SVG. */
export function graphCostsPlot({ sizes }: Pick<GraphScaling, "sizes">, machine: string): string {
  const of = (costOf: (size: GraphSizeCosts) => number) => sizes.map(costOf);
  const megabytes = (costOf: (size: GraphSizeCosts) => number) => of((size) => costOf(size) / 1e6);
  const [smallest] = sizes;
  const x = of(({ nodes }) => nodes);
  return lineCharts({
    title: "What graphs cost by their number of nodes",
    subtitle: machine,
    x: { label: "Nodes of a planar graph", scale: "log" },
    charts: [
      {
        label: "Time (ms)",
        scale: "log",
        lines: [
          { name: "coarsening", x, y: of(({ coarsening }) => coarsening.ms) },
          { name: "a training step", x, y: of(({ training }) => training.ms) },
          { name: "sampling a graph", x, y: of(({ sampling }) => sampling.ms) },
          {
            name: "in proportion to the nodes",
            x,
            y: of(({ nodes }) => (smallest!.coarsening.ms * nodes) / smallest!.nodes),
            reference: true,
          },
        ],
      },
      {
        label: "Peak memory (MB)",
        scale: "log",
        lines: [
          { name: "memory, a training step", x, y: megabytes(({ training }) => memoryOf(training)) },
          { name: "memory, sampling a graph", x, y: megabytes(({ sampling }) => memoryOf(sampling)) },
          { name: "a tensor of all pairs alone", x, y: megabytes(({ densePairs }) => densePairs), reference: true },
        ],
      },
    ],
  });
}
