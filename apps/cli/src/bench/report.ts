import { formatMachine, type Machine } from "../machine.js";
import { formatTable } from "../output.js";
import type { ForecastingResult } from "./forecasting.js";
import type { GenerationResult } from "./generation.js";
import { graphLines } from "./graph-lines.js";
import type { GraphScaling } from "./graph-scaling.js";
import type { PeerTimes } from "./peer.js";
import type { NetworkTimes } from "./time-network.js";

/** All that `nextscale bench` measures in one run. */
export interface BenchReport {
  readonly machine: Machine;
  readonly engine: string;
  readonly threads: number;
  readonly repeats: number;
  /** Processors' worth of other work when the run began: the system's load average of a minute; 0 on Windows. */
  readonly load: number;
  /** Median GFLOP/s of a 1024x1024x1024 float32 product, in order: before the first part and after each. */
  readonly rates: readonly number[];
  /** Largest of the rates over the smallest, minus 1: how far the machine's own speed moved during the run. */
  readonly drift: number;
  readonly networks: readonly NetworkResult[];
  readonly generation: GenerationResult;
  readonly forecasting: ForecastingResult;
  readonly graphs: GraphScaling | { readonly skipped: string };
  /** What the networks' `torch` was measured with, or why it was not; null when no network was measured. */
  readonly peer: Pick<PeerTimes, "torch" | "threads"> | { readonly skipped: string } | null;
}

/** One network's figures. */
export interface NetworkResult extends NetworkTimes {
  readonly key: string;
  readonly name: string;
  /** Milliseconds of the same step in PyTorch, and how many times ours it is. */
  readonly torch?: Pick<PeerTimes, "stepMs" | "stepQuartiles"> & { readonly ratio: number };
}

/** Above this the fractions say as much about the machine as about the program. */
const UNSTEADY = 0.1;
/** Above this share of the processors in use before the run began, threads of a step wait for each other. */
const BUSY = 0.25;
const UNTRUSTED = "the figures are not to be trusted";

/** The report as lines for a person. */
export function formatReport(report: BenchReport): string[] {
  const { machine, engine, threads, repeats, load, rates, drift } = report;
  const product = `Matrix product 1024x1024x1024 float32: ${rates.map((rate) => rate.toFixed(0)).join(", ")} GFLOP/s`;
  const moved = drift > UNSTEADY ? `: the machine's speed is not steady, ${UNTRUSTED}` : "";
  const busy = `Other work was running here (load ${load.toFixed(1)} on ${machine.cores} processors): ${UNTRUSTED}`;
  return [
    formatMachine(machine),
    `${engine}, ${threads} threads, median of ${repeats} runs`,
    ...(load > BUSY * machine.cores ? [busy] : []),
    "",
    `${product} in turn (drift ${percent(drift)}${moved})`,
    "",
    ...(report.networks.length > 0 ? [formatTable(networkRows(report)), ...peerLines(report), ""] : []),
    ...generationLines(report.generation),
    "",
    ...forecastingLines(report.forecasting),
    "",
    ...graphLines(report.graphs),
  ];
}

function networkRows({ networks, peer }: BenchReport): string[][] {
  const torch = peer !== null && "torch" in peer ? [`PyTorch ${peer.torch}`, "times ours"] : [];
  return [
    ["AdamW step", "steps a run", "median", "quartiles", "of the rate", "rounds", "trace", "session", ...torch],
    ...networks.map(
      ({ name, stepsPerRun, stepMs, stepQuartiles, fraction, fractionRange, traceMs, sessionMs, torch }) => [
        name,
        String(stepsPerRun),
        milliseconds(stepMs),
        range(stepQuartiles, milliseconds),
        percent(fraction),
        range(fractionRange, percent),
        milliseconds(traceMs),
        milliseconds(sessionMs),
        ...(torch === undefined ? [] : [milliseconds(torch.stepMs), `${torch.ratio.toFixed(2)} x`]),
      ],
    ),
  ];
}

function peerLines({ peer }: BenchReport): string[] {
  return peer !== null && "skipped" in peer ? [`PyTorch skipped: ${peer.skipped}.`] : [];
}

function generationLines(generation: GenerationResult): string[] {
  if ("skipped" in generation) return [`Generation skipped: ${generation.skipped}.`];
  const rows = generation.runs.map(({ count, firstMs, ms, quartiles }) => [
    `${count} digits`,
    milliseconds(ms),
    range(quartiles, milliseconds),
    `${((1000 * count) / ms).toFixed(0)} a second`,
    milliseconds(firstMs),
  ]);
  return [
    formatTable([[`generation by ${generation.model}`, "median", "quartiles", "rate", "first time"], ...rows]),
    `Loading the model took ${milliseconds(generation.loadMs)}.`,
  ];
}

function forecastingLines(forecasting: ForecastingResult): string[] {
  if ("skipped" in forecasting) return [`Forecasting skipped: ${forecasting.skipped}.`];
  const { model, members, heads } = forecasting;
  const rows = members.map(({ members: count, firstMs, ms, quartiles }) => [
    `${count} members`,
    milliseconds(ms),
    range(quartiles, milliseconds),
    `${((1000 * count) / ms).toFixed(0)} a second`,
    milliseconds(firstMs),
  ]);
  const [own] = heads;
  const costs = heads.map(({ head, networkEvaluations, ms, quartiles }) => [
    head,
    String(networkEvaluations),
    milliseconds(ms),
    range(quartiles, milliseconds),
    `${(ms / own!.ms).toFixed(2)} x`,
  ]);
  return [
    formatTable([[`a forecast step by ${model}`, "median", "quartiles", "rate", "first time"], ...rows]),
    "",
    formatTable([[`head, ${own!.members} members`, "passes", "median", "quartiles", "times its own"], ...costs]),
  ];
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}

function percent(value: number): string {
  return `${(100 * value).toFixed(0)} %`;
}

/** Both ends, the unit once: `12.9 to 13.4 ms`. */
function range([from, to]: readonly [number, number], format: (value: number) => string): string {
  return `${format(from).replace(/ .*/, "")} to ${format(to)}`;
}
