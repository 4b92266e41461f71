import { DEFAULT_ENGINE, measureMatmulRate, openEngine } from "@nextscale/engine/node";
import { createProgress } from "@nextscale/refinement-core";
import { convAutoencoder } from "../bench/conv-autoencoder.js";
import { timeGeneration } from "../bench/generation.js";
import { mlp } from "../bench/mlp.js";
import type { BenchNetwork } from "../bench/network.js";
import { timePeer, type PeerResult } from "../bench/peer.js";
import { formatReport, type NetworkResult } from "../bench/report.js";
import { timeNetwork, type NetworkTimes } from "../bench/time-network.js";
import { transformer } from "../bench/transformer.js";
import type { Invocation } from "../invocation.js";
import { describeMachine } from "../machine.js";
import { print, printJson } from "../output.js";

/** Options of `nextscale bench`. */
export interface BenchOptions {
  readonly repeats: number;
  readonly json?: boolean;
}

/** By the names that tools/peers/bench_torch.py gives them. */
const NETWORKS: Readonly<Record<string, BenchNetwork>> = { mlp, transformer, conv: convAutoencoder };

/** Measures training and generation against what this machine can do, and against PyTorch where it is. */
export async function bench({ repeats, json }: BenchOptions, { signal }: Invocation): Promise<void> {
  const machine = describeMachine();
  const threads = machine.cores;
  const total = Object.keys(NETWORKS).length + 2;
  const progress = createProgress(process.stderr, { label: "measuring", total, unit: "parts" });
  let done = 0;
  const part = async <Result>(run: Promise<Result>): Promise<Result> => {
    const result = await run;
    signal.throwIfAborted();
    progress.update(++done);
    return result;
  };
  const engine = await openEngine(DEFAULT_ENGINE, { threads });
  try {
    const rates = [await measureMatmulRate(engine)];
    const measured: Measured[] = [];
    for (const [key, network] of Object.entries(NETWORKS)) {
      const times = await part(timeNetwork(engine, network, repeats, signal));
      rates.push(await measureMatmulRate(engine));
      measured.push({ key, network, times, rate: (rates.at(-2)! + rates.at(-1)!) / 2 });
    }
    const generation = await part(timeGeneration(DEFAULT_ENGINE, signal));
    rates.push(await measureMatmulRate(engine));
    const peer = await part(timePeer(threads, repeats, signal));
    const networks = measured.map((one) => resultOf(one, peer));
    const drift = Math.max(...rates) / Math.min(...rates) - 1;
    const report = { machine, engine: engine.name, threads, repeats, rates, drift, networks, generation, peer };
    progress.close();
    if (json) printJson(report);
    else print(...formatReport(report));
  } finally {
    progress.close();
    await engine.close();
  }
}

interface Measured {
  readonly key: string;
  readonly network: BenchNetwork;
  readonly times: NetworkTimes;
  /** GFLOP/s of the machine around the measurement. */
  readonly rate: number;
}

function resultOf({ key, network, times, rate }: Measured, peer: PeerResult): NetworkResult {
  const gflops = network.flops / (1e6 * times.stepMs);
  const torchMs = "skipped" in peer ? undefined : peer.milliseconds[key];
  const torch = torchMs === undefined ? {} : { torch: { stepMs: torchMs, ratio: torchMs / times.stepMs } };
  return { key, name: network.name, ...times, gflops, fraction: gflops / rate, ...torch };
}
