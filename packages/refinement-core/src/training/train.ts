import { NextscaleError, type Executable, type NamedArrays } from "@nextscale/engine";
import type { Schedule } from "./schedules.js";
import { requireTensors, type TensorLayout } from "./tensors.js";

/** What a training run needs. */
export interface TrainOptions {
  /** What is trained, for messages: `refiner`. */
  readonly name?: string;
  /**
   * The training program, compiled with its state: parameters, optimiser, quantiser. Each run is one step. All its float
   * outputs of one element are losses; they are averaged for `onProgress` and must stay finite.
   */
  readonly executable: Executable;
  /** Names, shapes and dtypes of the executable's state. */
  readonly layout: TensorLayout;
  /** Number of steps in the whole run, resumed or not. */
  readonly steps: number;
  /** Steps already taken when resuming: the executable's state is that of the checkpoint after so many. 0 unless told. */
  readonly stepsDone?: number;
  /**
   * Inputs of a step, counted from 0, besides `scalars`. It must be a pure function of the step: a resumed run then sees
   * what the uninterrupted one would have seen, with no iterator to save. It is asked for while the step before is
   * computed, so the arrays must be new each time.
   */
  readonly batches: (step: number) => NamedArrays | Promise<NamedArrays>;
  /** Scalar float inputs by name, each a function of the step: `{ learningRate: cosineSchedule({...}) }`. */
  readonly scalars?: Readonly<Record<string, Schedule>>;
  /** Calls `onProgress` after every so many steps, and after the last. 50 unless told. */
  readonly logEvery?: number;
  /** Shows how far the run is. */
  readonly onProgress?: (progress: TrainProgress) => void;
  readonly checkpoint?: {
    /** Saves after every so many steps, after the last, and when interrupted. */
    readonly every: number;
    /** Stores the state after so many steps. It is complete and finite, and `save` may keep the arrays. */
    readonly save: (stepsDone: number, state: NamedArrays) => Promise<void>;
  };
  /** Looks at the state on the way, for a learning curve. */
  readonly observe?: Observation;
  /** Stops after the step in progress, saves, and throws `interrupted`. */
  readonly signal?: AbortSignal;
}

/** When a run's state is looked at, and what is done with it. */
export interface Observation {
  /** Whether it is looked at after so many steps. */
  readonly after: (stepsDone: number) => boolean;
  /** Before that state is saved: whoever resumes from a checkpoint finds all observations up to it made. */
  readonly see: (stepsDone: number, state: NamedArrays) => Promise<void>;
}

/** State of a run, for a progress line. */
export interface TrainProgress {
  readonly stepsDone: number;
  readonly steps: number;
  /** Mean of each loss over the steps since the last report. */
  readonly losses: Readonly<Record<string, number>>;
  /** Steps of this process per second, saving included. */
  readonly stepsPerSecond: number;
  readonly remainingMs: number;
}

/** How a run ended. */
export interface TrainResult {
  /** The executable's state after the last step. */
  readonly state: NamedArrays;
  /** Mean of each loss over the steps since the last report before the end. */
  readonly losses: Readonly<Record<string, number>>;
}

/**
 * Trains to the last step.
 *
 * The same executable, state and functions of the step give the same bits, whether run in one go or interrupted and
 * resumed any number of times.
 *
 * @throws NextscaleError `invalid-data` when a loss or the state is no longer finite (what was saved before is kept),
 *   `interrupted` when the signal aborts (the state was saved, when there is a `checkpoint`); what `save` and `see` throw
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { executable, layout, steps, stepsDone = 0, scalars = {}, logEvery = 50, checkpoint, signal } = options;
  const where = options.name === undefined ? "training" : `training/${options.name}`;
  requireSteps(where, { steps, stepsDone, logEvery, every: checkpoint?.every ?? 1 });
  const start = performance.now();
  let lastPause = start;
  /** Steps after which the state was last saved; a run that resumes found its state saved. */
  let saved = stepsDone > 0 ? stepsDone : undefined;
  let window = new LossWindow();

  const save = async (done: number): Promise<void> => {
    if (checkpoint === undefined || saved === done) return;
    const state = await executable.readState();
    requireTensors(`${where}, state after step ${done}`, state, layout);
    await checkpoint.save(done, state);
    saved = done;
  };

  /** What a step is given; nothing after the last. */
  const inputsOf = async (step: number): Promise<NamedArrays> => {
    if (step >= steps) return {};
    const inputs: Record<string, NamedArrays[string]> = { ...(await options.batches(step)) };
    for (const [name, schedule] of Object.entries(scalars)) inputs[name] = Float32Array.of(schedule(step));
    return inputs;
  };

  let inputs = await inputsOf(stepsDone);
  for (let step = stepsDone; step < steps; step++) {
    if (signal?.aborted) {
      await save(step);
      throw interrupted(where, step, steps, checkpoint === undefined);
    }
    // An engine in a thread of its own computes a step while this one makes the inputs of the next.
    const [outputs, next] = await Promise.all([executable.run(inputs), inputsOf(step + 1)]);
    inputs = next;
    window.add(outputs, (name, value) => {
      throw diverged(where, name, value, step, steps, saved);
    });

    const done = step + 1;
    const last = done === steps;
    if (options.observe?.after(done)) await options.observe.see(done, await executable.readState());
    if (last || (checkpoint !== undefined && done % checkpoint.every === 0)) await save(done);
    const now = performance.now();
    if (options.onProgress !== undefined && (last || done % logEvery === 0)) {
      const stepsPerSecond = ((done - stepsDone) * 1000) / (now - start);
      const remainingMs = ((steps - done) * 1000) / stepsPerSecond;
      options.onProgress({ stepsDone: done, steps, losses: window.means(), stepsPerSecond, remainingMs });
      if (!last) window = new LossWindow();
    }
    if (now - lastPause > PAUSE_EVERY_MS) {
      await pause();
      lastPause = performance.now();
    }
  }
  const state = await executable.readState();
  requireTensors(`${where}, state after step ${steps}`, state, layout);
  return { state, losses: window.means() };
}

/**
 * An engine that computes in this thread resolves without ever returning to the event loop; then no signal, timer or
 * key press would be seen. A tenth of a second is below what a person notices.
 */
const PAUSE_EVERY_MS = 100;

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Sums of the scalar outputs over some steps. */
class LossWindow {
  readonly #sums = new Map<string, number>();
  #steps = 0;

  add(outputs: NamedArrays, onNonFinite: (name: string, value: number) => void): void {
    this.#steps++;
    for (const [name, data] of Object.entries(outputs)) {
      if (!(data instanceof Float32Array) || data.length !== 1) continue;
      const value = data[0]!;
      if (!Number.isFinite(value)) onNonFinite(name, value);
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + value);
    }
  }

  means(): Record<string, number> {
    return Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / this.#steps]));
  }
}

function requireSteps(
  where: string,
  counts: { steps: number; stepsDone: number; logEvery: number; every: number },
): void {
  const { steps, stepsDone, logEvery, every } = counts;
  const whole = Object.values(counts).every(Number.isInteger);
  if (whole && stepsDone >= 0 && stepsDone <= steps && logEvery >= 1 && every >= 1) return;
  throw new NextscaleError({
    code: "invalid-argument",
    where,
    expected: "whole numbers with 0 <= stepsDone <= steps, logEvery >= 1 and checkpoint.every >= 1",
    got: `steps ${steps}, stepsDone ${stepsDone}, logEvery ${logEvery}, checkpoint.every ${every}`,
  });
}

function diverged(
  where: string,
  name: string,
  value: number,
  step: number,
  steps: number,
  saved: number | undefined,
): NextscaleError {
  const kept = saved === undefined ? "" : `; the state after ${saved} steps is the last one saved`;
  return new NextscaleError({
    code: "invalid-data",
    where,
    expected: `a finite ${name} in step ${step} of ${steps}`,
    got: `${value}`,
    fix: `lower the learning rate or clip the gradients${kept}`,
  });
}

function interrupted(where: string, step: number, steps: number, lost: boolean): NextscaleError {
  return new NextscaleError({
    code: "interrupted",
    where,
    expected: `to train for ${steps} steps`,
    got: `an interruption after ${step}`,
    fix: lost ? "train again: no checkpoint was asked for" : "resume: the state is saved",
  });
}
