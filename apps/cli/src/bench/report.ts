import { formatMachine, type Machine } from "../machine.js";
import { formatTable } from "../output.js";
import type { GenerationResult } from "./generation.js";
import type { PeerResult } from "./peer.js";
import type { NetworkTimes } from "./time-network.js";

/** All that `nextscale bench` measures in one run. */
export interface BenchReport {
  readonly machine: Machine;
  readonly engine: string;
  readonly threads: number;
  readonly repeats: number;
  /** GFLOP/s of a 1024x1024x1024 float32 product, in order: before the networks, between them, after all. */
  readonly rates: readonly number[];
  /** Largest of the rates over the smallest, minus 1: how far the machine's own speed moved during the run. */
  readonly drift: number;
  readonly networks: readonly NetworkResult[];
  readonly generation: GenerationResult;
  readonly peer: PeerResult;
}

/** One network's figures. */
export interface NetworkResult extends NetworkTimes {
  readonly key: string;
  readonly name: string;
  /** Floating-point operations of the step's products by its time. */
  readonly gflops: number;
  /** `gflops` by the mean of the rates measured just before and just after. */
  readonly fraction: number;
  /** Milliseconds of the same step in PyTorch, and how many times ours it is. */
  readonly torch?: { readonly stepMs: number; readonly ratio: number };
}

/** Above this the fractions say as much about the machine as about the program. */
const UNSTEADY = 0.1;

/** The report as lines for a person. */
export function formatReport(report: BenchReport): string[] {
  const { machine, engine, threads, repeats, rates, drift } = report;
  const product = `Matrix product 1024x1024x1024 float32: ${rates.map((rate) => rate.toFixed(0)).join(", ")} GFLOP/s`;
  const warning = drift > UNSTEADY ? ": other work runs here, the figures are not to be trusted" : "";
  return [
    formatMachine(machine),
    `${engine}, ${threads} threads, median of ${repeats} steps`,
    "",
    `${product} in turn (drift ${percent(drift)}${warning})`,
    "",
    formatTable(networkRows(report)),
    ...("skipped" in report.peer ? [`PyTorch skipped: ${report.peer.skipped}.`] : []),
    "",
    ...generationLines(report.generation),
  ];
}

function networkRows({ networks, peer }: BenchReport): string[][] {
  const torch = "skipped" in peer ? [] : [`PyTorch ${peer.torch}`, "times ours"];
  return [
    ["AdamW step", "step", "of the rate", "trace", "session", ...torch],
    ...networks.map(({ name, stepMs, fraction, traceMs, sessionMs, torch }) => [
      name,
      milliseconds(stepMs),
      percent(fraction),
      milliseconds(traceMs),
      milliseconds(sessionMs),
      ...(torch === undefined ? [] : [milliseconds(torch.stepMs), `${torch.ratio.toFixed(2)} x`]),
    ]),
  ];
}

function generationLines(generation: GenerationResult): string[] {
  if ("skipped" in generation) return [`Generation skipped: ${generation.skipped}.`];
  const rows = generation.runs.map(({ count, firstMs, ms }) => [
    `${count} digits`,
    milliseconds(ms),
    `${((1000 * count) / ms).toFixed(0)} a second`,
    milliseconds(firstMs),
  ]);
  return [
    formatTable([[`generation by ${generation.model}`, "time", "rate", "first time"], ...rows]),
    `Loading the model took ${milliseconds(generation.loadMs)}.`,
  ];
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}

function percent(value: number): string {
  return `${(100 * value).toFixed(0)} %`;
}
