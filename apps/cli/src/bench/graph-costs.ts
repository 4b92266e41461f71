import { readFileSync } from "node:fs";
import type { Engine, NamedArrays } from "@nextscale/engine";
import { DEFAULT_ENGINE, openEngine } from "@nextscale/engine/node";
import {
  createGraphModel,
  drawKeys,
  fitFoundations,
  generateGraph,
  hierarchyOf,
  refinerStage,
  type Graph,
  type RefinerConfig,
} from "@nextscale/graphs";
import { averagedWeights, randomStream } from "@nextscale/refinement-core";
import { median, quartiles, type RepeatedTimes } from "./statistics.js";

/** What is measured of a size, each in a process of its own: then its peak of memory is that of nothing else. */
export const GRAPH_JOBS = ["coarsening", "training", "sampling"] as const;

/** One of what is measured. */
export type GraphJob = (typeof GRAPH_JOBS)[number];

/** What a job costs at a size. */
export interface GraphCost extends RepeatedTimes {
  /** Resident memory of its process, in bytes: the largest before the job began, with all code loaded and the engine open, and the largest of all. */
  readonly memory: { readonly before: number; readonly peak: number };
  /** Edges of the planar graph; of the sample, where that is the job. */
  readonly edges: number;
  /** Of the network, in one run of the job. */
  readonly networkEvaluations: number;
}

/** Nodes attend to what they may be joined with and to eight summaries: see `refinerSchema`. */
export const GRAPH_NETWORK = {
  ...{ width: 64, heads: 4, blocks: 4, walkLength: 4, pairWidth: 32 },
  summaries: 8,
} as const satisfies RefinerConfig;

const SEED = 1;
/** After so many milliseconds a job is not repeated any more. */
const LONG_ENOUGH = 15_000;

/**
 * Measures a job on a planar graph, with an untrained network.
 *
 * - `coarsening`: all levels of the graph, each time by other keys;
 * - `training`: a whole step on one level of it: coarsening, hiding codes, loss, gradients, update;
 * - `sampling`: a graph of that size, the same each time, in one substep a scale. What an untrained network draws is no planar graph, and takes more
 *   scales; `edges` and `networkEvaluations` say how far.
 *
 * The first time includes making the programs.
 *
 * @param most runs after the first
 */
export async function graphCost(job: GraphJob, nodes: number, most: number): Promise<GraphCost> {
  const engine = await openEngine(DEFAULT_ENGINE);
  try {
    const graph = generateGraph({ kind: "planar", nodes: [nodes, nodes] }, SEED, 0);
    const before = peakMemory();
    const run = await JOBS[job](graph, engine);
    const first = await timed(run, 0);
    const times: number[] = [];
    const began = performance.now();
    do times.push((await timed(run, 1 + times.length)).ms);
    while (times.length < most && performance.now() - began < LONG_ENOUGH);
    return {
      ...{ firstMs: first.ms, ms: median(times), quartiles: quartiles(times) },
      ...first.did,
      memory: { before, peak: peakMemory() },
    };
  } finally {
    await engine.close();
  }
}

/**
 * The largest resident set of this process so far, in bytes. What Linux counts as `maxRSS` of a process is no less than its parent's was when it began,
 * so there the mark of its own memory is read.
 */
function peakMemory(): number {
  const own =
    process.platform === "linux" ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8")) : null;
  return 1024 * (own === null ? process.resourceUsage().maxRSS : Number(own[1]));
}

async function timed(run: Run, time: number) {
  const start = performance.now();
  const did = await run(time);
  return { ms: performance.now() - start, did };
}

/** @param time how often it ran before */
type Run = (time: number) => Promise<Pick<GraphCost, "edges" | "networkEvaluations">>;

const JOBS: { readonly [Job in GraphJob]: (graph: Graph, engine: Engine) => Promise<Run> } = {
  coarsening: (graph) => {
    const keys = randomStream(SEED, "bench/graphs");
    return Promise.resolve((time) => {
      hierarchyOf(graph, { nodeLabels: 1, edgeLabels: 1 }, drawKeys(keys, time, graph.nodeCount));
      return Promise.resolve({ edges: graph.edgeCount, networkEvaluations: 0 });
    });
  },

  training: async (graph, engine) => {
    const { stage } = untrained(graph);
    const executable = await engine.compile(stage.program(), { state: await stage.start() });
    return async (time) => {
      const inputs: Record<string, NamedArrays[string]> = { ...stage.batches(time) };
      for (const [name, of] of Object.entries(stage.scalars)) inputs[name] = Float32Array.of(of(time));
      await executable.run(inputs);
      return { edges: graph.edgeCount, networkEvaluations: 1 };
    };
  },

  sampling: async (graph, engine) => {
    const { stage, config } = untrained(graph);
    const tensors = averagedWeights(await stage.start(), "refiner");
    const description = { seed: SEED, data: { name: "none", sha256: "" } };
    const model = createGraphModel({ config, tensors, hash: "", description }, { engine });
    return async () => {
      const [sample] = await model.sample({ count: 1, seed: SEED, size: graph.nodeCount, substeps: 1 });
      return { edges: sample!.graph.edgeCount, networkEvaluations: sample!.evaluations };
    };
  },
};

/** The training of a network on that graph alone, one level a step, in a program that has room for the largest. */
function untrained(graph: Graph) {
  const settings = { hierarchy: "pairs", nodeLabels: 1, edgeLabels: 1, network: GRAPH_NETWORK } as const;
  const { coding, sizes } = fitFoundations([graph], settings, SEED);
  const training = { steps: 1000, batchSize: 1, learningRate: 1e-3, weightDecay: 1e-4 };
  const config = { model: coding.config, training };
  const largest = sizes.filter(({ nodes }) => nodes === graph.nodeCount);
  const stage = refinerStage({ config, coding, graphs: [graph], sizes: largest, seed: SEED });
  return { stage, config: coding.config };
}
