import { loadavg } from "node:os";
import { DEFAULT_ENGINE, measureMatmulRate, openEngine } from "@nextscale/engine/node";
import { createProgress } from "@nextscale/refinement-core";
import { convAutoencoder } from "../bench/conv-autoencoder.js";
import { timeForecasting } from "../bench/forecasting.js";
import { timeGeneration } from "../bench/generation.js";
import { mlp } from "../bench/mlp.js";
import type { BenchNetwork } from "../bench/network.js";
import { BENCH_PARTS, type BenchPart } from "../bench/parts.js";
import { timePeer, type PeerResult } from "../bench/peer.js";
import { formatReport, type BenchReport, type NetworkResult } from "../bench/report.js";
import { timeNetwork } from "../bench/time-network.js";
import { transformer } from "../bench/transformer.js";
import type { Invocation } from "../invocation.js";
import { describeMachine } from "../machine.js";
import { print, printJson } from "../output.js";

/** Options of `nextscale bench`. */
export interface BenchOptions {
  readonly repeats: number;
  /** Default: all. */
  readonly only?: readonly BenchPart[];
  readonly json?: boolean;
}

const NETWORKS: Readonly<Record<Exclude<BenchPart, "generation" | "forecast">, BenchNetwork>> = {
  mlp,
  transformer,
  conv: convAutoencoder,
};

/** Measures training and generation against what this machine can do, and against PyTorch where it is. */
export async function bench(options: BenchOptions, { signal }: Invocation): Promise<void> {
  const { repeats, only = BENCH_PARTS, json } = options;
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
    // Where there is no PyTorch for one network, there is none for the next.
    let peer: PeerResult | undefined;
    for (const [i, part] of only.entries()) {
      if (part === "generation") {
        generation = await timeGeneration(DEFAULT_ENGINE, repeats, signal);
      } else if (part === "forecast") {
        forecasting = await timeForecasting(engine, repeats, signal);
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
      peer: peer === undefined || "skipped" in peer ? (peer ?? null) : { torch: peer.torch, threads: peer.threads },
    };
    progress.close();
    if (json) printJson(report);
    else print(...formatReport(report));
  } finally {
    progress.close();
    await engine.close();
  }
}

/** PyTorch's time beside ours, measured just before. */
function comparison(peer: PeerResult, ours: number): Pick<NetworkResult, "torch"> {
  if ("skipped" in peer) return {};
  const { stepMs, stepQuartiles } = peer;
  return { torch: { stepMs, stepQuartiles, ratio: stepMs / ours } };
}
