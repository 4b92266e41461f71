import { NextscaleError, type Engine } from "@nextscale/engine";
import { median } from "./median.js";
import { initialState, randomBatch, trainingStep, type BenchNetwork } from "./network.js";

/** Times of one network's training step, in milliseconds. */
export interface NetworkTimes {
  /** From the code to the program. */
  readonly traceMs: number;
  /** From the program to the first step that can run. */
  readonly sessionMs: number;
  /** Median of a full step: loss, gradients, clipping, AdamW. */
  readonly stepMs: number;
}

const WARM_UP_STEPS = 3;
const LEARNING_RATE = 1e-3;

/**
 * Times full AdamW steps of a network on an engine.
 *
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
  const executable = await engine.compile(program, { state });
  const sessionMs = performance.now() - compiling;
  try {
    const inputs = { ...randomBatch(network), learningRate: Float32Array.of(LEARNING_RATE) };
    const times: number[] = [];
    for (let step = 0; step < WARM_UP_STEPS + repeats; step++) {
      signal.throwIfAborted();
      const start = performance.now();
      const { loss } = await executable.run(inputs);
      if (step >= WARM_UP_STEPS) times.push(performance.now() - start);
      if (!Number.isFinite(loss![0])) throw notFinite(network.name, loss![0]!, step);
    }
    return { traceMs, sessionMs, stepMs: median(times) };
  } finally {
    await executable.close();
  }
}

function notFinite(name: string, loss: number, step: number): NextscaleError {
  return new NextscaleError({
    code: "invalid-data",
    where: "bench",
    expected: `a finite loss of the ${name} in step ${step}`,
    got: String(loss),
  });
}
