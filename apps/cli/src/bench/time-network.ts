import { NextscaleError, type Engine } from "@nextscale/engine";
import { measureMatmulRate } from "@nextscale/engine/node";
import { initialState, randomBatches, trainingStep, type BenchNetwork } from "./network.js";
import { median, quartiles } from "./statistics.js";

/** Figures of one network's training step. Times are in milliseconds. */
export interface NetworkTimes {
  /** From the code to the program. */
  readonly traceMs: number;
  /** From the program to the first step that can run. */
  readonly sessionMs: number;
  /** Steps that a run of the engine takes. */
  readonly stepsPerRun: number;
  /** A full step, loss, gradients, clipping, AdamW: the median over runs of a run's mean. */
  readonly stepMs: number;
  /** What half of the runs lie between. */
  readonly stepQuartiles: readonly [first: number, third: number];
  /** GFLOP/s of the step's products by the median step. */
  readonly gflops: number;
  /** Median GFLOP/s of a 1024x1024x1024 float32 product, measured in turns with the steps. */
  readonly rate: number;
  /** The step's GFLOP/s by that of the product: median over the rounds, each by its own product. */
  readonly fraction: number;
  /** Least and largest fraction of a round. */
  readonly fractionRange: readonly [least: number, largest: number];
}

const WARM_UP_RUNS = 3;
/** Timed runs between two measurements of the machine's rate. */
const RUNS_A_ROUND = 3;
/**
 * Products, after one to warm up, whose median is the rate of a round. They take a third of a second, as a run of short steps
 * does: a processor that is lent, or hot, is faster in a burst than it can go on being.
 */
const PRODUCTS_A_ROUND = 15;
const LEARNING_RATE = 1e-3;

/**
 * Times full AdamW steps of a network on an engine.
 *
 * Product and runs take turns, so that what else runs on the machine, its temperature and its frequency meet both, and
 * the fraction of a round compares what was measured within a second or two. The first run after a product finds the
 * caches full of the product's matrices and is not timed.
 *
 * @param repeats timed runs
 * @throws NextscaleError what the engine throws; `invalid-data` when the loss is not finite: such steps measure nothing
 */
export async function timeNetwork(
  engine: Engine,
  network: BenchNetwork,
  repeats: number,
  signal: AbortSignal,
): Promise<NetworkTimes> {
  const began = performance.now();
  const program = trainingStep(network);
  const traceMs = performance.now() - began;
  const state = initialState(network);
  const compiling = performance.now();
  const { stepsPerRun } = network;
  const executable = await engine.compile(program, { state, stepsPerRun });
  const sessionMs = performance.now() - compiling;
  try {
    const inputs = { ...randomBatches(network), learningRate: new Float32Array(stepsPerRun).fill(LEARNING_RATE) };
    /** Milliseconds a step of one run. */
    const timeRun = async (): Promise<number> => {
      signal.throwIfAborted();
      const start = performance.now();
      const { loss } = await executable.run(inputs);
      const time = performance.now() - start;
      const bad = loss!.find((value) => !Number.isFinite(value));
      if (bad !== undefined) throw notFinite(network.name, bad);
      return time / stepsPerRun;
    };
    for (let i = 0; i < WARM_UP_RUNS; i++) await timeRun();
    const [times, rates, fractions]: [number[], number[], number[]] = [[], [], []];
    while (times.length < repeats) {
      const rate = await measureMatmulRate(engine, { runs: PRODUCTS_A_ROUND });
      await timeRun();
      const round: number[] = [];
      while (round.length < RUNS_A_ROUND && times.length + round.length < repeats) round.push(await timeRun());
      times.push(...round);
      rates.push(rate);
      fractions.push(gflopsOf(network, median(round)) / rate);
    }
    return {
      traceMs,
      sessionMs,
      stepsPerRun,
      stepMs: median(times),
      stepQuartiles: quartiles(times),
      gflops: gflopsOf(network, median(times)),
      rate: median(rates),
      fraction: median(fractions),
      fractionRange: [Math.min(...fractions), Math.max(...fractions)],
    };
  } finally {
    await executable.close();
  }
}

function gflopsOf({ flops }: BenchNetwork, milliseconds: number): number {
  return flops / (1e6 * milliseconds);
}

function notFinite(name: string, loss: number): NextscaleError {
  return new NextscaleError({
    code: "invalid-data",
    where: "bench",
    expected: `a finite loss of the ${name}`,
    got: String(loss),
  });
}
