import { loadavg } from "node:os";
import { NextscaleError } from "@nextscale/engine";
import { DEFAULT_ENGINE, measureMatmulRate, openEngine } from "@nextscale/engine/node";
import { createProgress } from "@nextscale/refinement-core";
import { convAutoencoder } from "../bench/conv-autoencoder.js";
import { timeForecasting } from "../bench/forecasting.js";
import { timeGeneration } from "../bench/generation.js";
import { GRAPH_SIZES, measureGraphScaling } from "../bench/graph-scaling.js";
import { mlp } from "../bench/mlp.js";
import type { BenchNetwork } from "../bench/network.js";
import { BENCH_PARTS, type BenchPart } from "../bench/parts.js";
import { timePeer, type PeerResult } from "../bench/peer.js";
import { formatReport, type BenchReport, type NetworkResult } from "../bench/report.js";
import { timeNetwork } from "../bench/time-network.js";
import { transformer } from "../bench/transformer.js";
import type { Invocation } from "../invocation.js";
import { describeMachine, formatMachine } from "../machine.js";
import { print, printJson } from "../output.js";
import { requireWritable, writeOutputs } from "../outputs.js";

/** Options of `nextscale bench`. */
export interface BenchOptions {
  readonly repeats: number;
  /** Default: all. */
  readonly only?: readonly BenchPart[];
  /** File of the picture of how graphs scale. */
  readonly plot?: string;
  readonly json?: boolean;
}

const NETWORKS: Readonly<Record<Exclude<BenchPart, "generation" | "forecast" | "graphs">, BenchNetwork>> = {
  mlp,
  transformer,
  conv: convAutoencoder,
};

/** Measures training and generation against what this machine can do, and against PyTorch where it is. */
export async function bench(options: BenchOptions, invocation: Invocation): Promise<void> {
  const began = performance.now();
  const { signal } = invocation;
  const { repeats, only = BENCH_PARTS, plot, json } = options;
  if (plot !== undefined) {
    if (!only.includes("graphs")) throw nothingToPlot(only);
    await requireWritable(plot, "file");
  }
  const machine = describeMachine();
  const threads = machine.cores;
  const load = loadavg()[0]!;
  const progress = createProgress(process.stderr, { label: "measuring", total: only.length, unit: "parts" });
  const engine = await openEngine(DEFAULT_ENGINE, { threads });
  try {
    const rates = [await measureMatmulRate(engine)];
    const networks: NetworkResult[] = [];
    let generation: BenchReport["generation"] = { skipped: "not among --only" };
    let forecasting: BenchReport["forecasting"] = { skipped: "not among --only" };
    let graphs: BenchReport["graphs"] = { skipped: "not among --only" };
    // Where there is no PyTorch for one network, there is none for the next.
    let peer: PeerResult | undefined;
    for (const [i, part] of only.entries()) {
      if (part === "generation") {
        generation = await timeGeneration(DEFAULT_ENGINE, repeats, signal);
      } else if (part === "forecast") {
        forecasting = await timeForecasting(engine, repeats, signal);
      } else if (part === "graphs") {
        graphs = await measureGraphScaling(GRAPH_SIZES, repeats, signal);
      } else {
        const { name } = NETWORKS[part];
        const times = await timeNetwork(engine, NETWORKS[part], repeats, signal);
        if (peer === undefined || !("skipped" in peer)) peer = await timePeer(part, threads, repeats, signal);
        networks.push({ key: part, name, ...times, ...comparison(peer, times.stepMs) });
      }
      signal.throwIfAborted();
      rates.push(await measureMatmulRate(engine));
      progress.update(i + 1);
    }
    const drift = Math.max(...rates) / Math.min(...rates) - 1;
    const report: BenchReport = {
      machine,
      engine: engine.name,
      threads,
      repeats,
      load,
      rates,
      drift,
      networks,
      generation,
      forecasting,
      graphs,
      peer: peer === undefined || "skipped" in peer ? (peer ?? null) : { torch: peer.torch, threads: peer.threads },
    };
    progress.close();
    const written = plot === undefined ? [] : await writePlot(plot, report, { began, invocation });
    if (json) printJson(report);
    else print(...formatReport(report), ...written);
  } finally {
    progress.close();
    await engine.close();
  }
}

/** Draws how graphs scale, as far as that was measured. @returns the paths written */
async function writePlot(
  path: string,
  { graphs, machine, engine, repeats }: BenchReport,
  { began, invocation }: { readonly began: number; readonly invocation: Invocation },
): Promise<readonly string[]> {
  if ("skipped" in graphs || graphs.sizes.length === 0) return [];
  const { graphCostsPlot } = await import("../bench/graph-costs-plot.js");
  const networkEvaluations = graphs.sizes.reduce((sum, { sampling }) => sum + sampling.networkEvaluations, 0);
  const content = graphCostsPlot(graphs, formatMachine(machine));
  return writeOutputs([{ path, content }], { engine, networkEvaluations, options: { repeats }, began }, invocation);
}

function nothingToPlot(only: readonly BenchPart[]): NextscaleError {
  return new NextscaleError({
    code: "invalid-argument",
    where: "bench",
    expected: "--plot where graphs are measured, which it draws",
    got: `--only ${only.join(",")}`,
    fix: "add graphs to --only, or leave --only out",
  });
}

/** PyTorch's time beside ours, measured just before. */
function comparison(peer: PeerResult, ours: number): Pick<NetworkResult, "torch"> {
  if ("skipped" in peer) return {};
  const { stepMs, stepQuartiles } = peer;
  return { torch: { stepMs, stepQuartiles, ratio: stepMs / ours } };
}
