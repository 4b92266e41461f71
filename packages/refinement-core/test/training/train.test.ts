import { isNextscaleError, type NamedArrays } from "@nextscale/engine";
import { expect, test } from "vitest";
import { constantSchedule, cosineSchedule } from "../../src/training/schedules.js";
import { train, type TrainOptions, type TrainProgress } from "../../src/training/train.js";
import {
  initialRegression,
  regressionBatches,
  regressionExecutable,
  regressionLayout,
} from "../support/linear-regression.js";

const STEPS = 200;

function run(changes: Partial<TrainOptions> = {}, initial = initialRegression(1)): ReturnType<typeof train> {
  return train({
    executable: regressionExecutable(initial),
    layout: regressionLayout,
    steps: STEPS,
    batches: regressionBatches(1),
    scalars: { learningRate: cosineSchedule({ peak: 0.01, last: 0, steps: STEPS }) },
    ...changes,
  });
}

async function failure(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isNextscaleError(error)) throw new Error("a NextscaleError was expected", { cause: error });
  return error;
}

test("the regression is learnt, and progress says how far it is", async () => {
  const reports: TrainProgress[] = [];
  const { state, losses } = await run({ logEvery: 60, onProgress: (report) => reports.push(report) });
  expect(reports.map(({ stepsDone }) => stepsDone)).toEqual([60, 120, 180, 200]);
  expect(reports[0]!.losses["loss"]).toBeGreaterThan(10 * losses["loss"]!);
  expect(losses["loss"]).toBeLessThan(0.1);
  expect(reports.at(-1)).toMatchObject({ steps: STEPS, remainingMs: 0, losses });
  expect(reports[0]!.stepsPerSecond).toBeGreaterThan(0);
  expect(state["count/steps"]![0]).toBe(STEPS);
});

test("the inputs of a step are made while the one before is computed, and those after the last are not", async () => {
  const log: string[] = [];
  const executable = regressionExecutable(initialRegression(1));
  const watched = {
    ...{ readState: () => executable.readState(), close: () => executable.close() },
    async run(inputs: NamedArrays) {
      log.push("begin");
      await new Promise((resolve) => setTimeout(resolve, 1));
      const outputs = await executable.run(inputs);
      log.push("end");
      return outputs;
    },
  };
  const batches = regressionBatches(1);
  await run({ executable: watched, steps: 3, batches: (step) => (log.push(`make ${step}`), batches(step)) });
  expect(log).toEqual(["make 0", "begin", "make 1", "end", "begin", "make 2", "end", "begin", "end"]);
});

test("a report is the mean since the last one", async () => {
  const each: number[] = [];
  await run({ logEvery: 1, onProgress: ({ losses }) => each.push(losses["loss"]!) });
  const tens: number[] = [];
  await run({ logEvery: 10, onProgress: ({ losses }) => tens.push(losses["loss"]!) });
  tens.forEach((mean, i) => expect(mean).toBeCloseTo(each.slice(10 * i, 10 * i + 10).reduce((a, b) => a + b) / 10, 9));
});

test("resumed from any checkpoint, the final bits are those of the uninterrupted run", async () => {
  const saved: [number, NamedArrays][] = [];
  const checkpoint = { every: 37, save: async (done: number, state: NamedArrays) => void saved.push([done, state]) };
  const { state } = await run({ checkpoint });
  expect(saved.map(([done]) => done)).toEqual([37, 74, 111, 148, 185, 200]);
  for (const [stepsDone, from] of saved) expect((await run({ stepsDone }, from)).state).toEqual(state);
});

test("the state is seen where it was asked for, before it is saved", async () => {
  const order: string[] = [];
  const states: NamedArrays[] = [];
  const { state } = await run({
    checkpoint: { every: 100, save: async (done) => void order.push(`saved ${done}`) },
    observe: {
      after: (done) => done === 7 || done % 100 === 0,
      see: async (done, at) => {
        order.push(`seen ${done}`);
        states.push(at);
      },
    },
  });
  expect(order).toEqual(["seen 7", "seen 100", "saved 100", "seen 200", "saved 200"]);
  expect(states.map((at) => at["count/steps"]![0])).toEqual([7, 100, 200]);
  // What is seen is a copy: looking changes nothing.
  expect(states.at(-1)).toEqual(state);
  expect((await run()).state).toEqual(state);
});

test("an abort finishes the step, saves, and what was saved resumes to the same bits", async () => {
  const { state } = await run();
  const abort = new AbortController();
  const saved: [number, NamedArrays][] = [];
  const error = await failure(
    run({
      signal: abort.signal,
      logEvery: 1,
      onProgress: ({ stepsDone }) => stepsDone === 61 && abort.abort(),
      checkpoint: { every: 50, save: async (done, at) => void saved.push([done, at]) },
    }),
  );
  expect(error.code).toBe("interrupted");
  expect(error.message).toContain("an interruption after 61; resume: the state is saved");
  expect(saved.map(([done]) => done)).toEqual([50, 61]);
  expect((await run({ stepsDone: 61 }, saved[1]![1])).state).toEqual(state);
});

test("a timer can abort although the executable never returns to the event loop", async () => {
  const signal = AbortSignal.timeout(150);
  const error = await failure(run({ signal, steps: 1e9 }));
  expect(error.message).toContain("no checkpoint was asked for");
});

test("a loss that is not finite names the step, and nothing is saved after it", async () => {
  const saved: number[] = [];
  const error = await failure(
    run({
      scalars: { learningRate: (step) => (step < 120 ? 0.01 : 1e30) },
      checkpoint: { every: 50, save: async (done) => void saved.push(done) },
    }),
  );
  expect(error.code).toBe("invalid-data");
  expect(error.message).toMatch(/a finite loss in step 12[1-3] of 200, got (Infinity|NaN)/);
  expect(error.message).toContain("the state after 100 steps is the last one saved");
  expect(saved).toEqual([50, 100]);
});

test("a finite loss with a broken state is not saved either", async () => {
  const saved: number[] = [];
  const error = await failure(
    run({
      scalars: { learningRate: (step) => (step < 99 ? 0.01 : NaN) },
      checkpoint: { every: 50, save: async (done) => void saved.push(done) },
    }),
  );
  expect(error.message).toContain(
    "state after step 100: expected finite numbers in tensor params/weight, got NaN at element 0",
  );
  expect(saved).toEqual([50]);
});

test("a failing save stops the run with its own error", async () => {
  const save = async (): Promise<void> => {
    throw new RangeError("disk full");
  };
  await expect(run({ checkpoint: { every: 10, save } })).rejects.toThrow("disk full");
});

test("a state that is not what the layout says is refused; so are impossible step counts", async () => {
  const partial = Object.fromEntries(Object.entries(regressionLayout).filter(([name]) => name !== "params/bias"));
  expect((await failure(run({ layout: partial }))).message).toContain("1 more, such as params/bias");
  for (const wrong of [{ steps: -1 }, { stepsDone: 201 }, { logEvery: 0 }, { steps: 1.5 }]) {
    expect((await failure(run(wrong))).code).toBe("invalid-argument");
  }
  expect((await run({ stepsDone: STEPS, scalars: { learningRate: constantSchedule(1) } })).losses).toEqual({});
});
