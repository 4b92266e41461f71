/**
 * Trains the test regression, on an engine if one is named, with a checkpoint in a folder, resuming what is there. It says
 * `started`, `saved n` after each checkpoint and `done` or why not, so that a test knows when to kill it.
 */
import { isNextscaleError } from "@nextscale/engine";
import { trainingCheckpoint } from "../../src/node/training-checkpoint.js";
import { cosineSchedule } from "../../src/training/schedules.js";
import { train } from "../../src/training/train.js";
import { initialRegression, regressionBatches, regressionOn, regressionLayout } from "../support/linear-regression.js";
import { regressionKind } from "../support/regression-checkpoint.js";

const [folder, steps, every, engine] = process.argv.slice(2) as [string, string, string, string?];
const run = {
  config: { learningRate: 0.01 },
  seed: 5,
  data: { name: "lines", sha256: "0".repeat(64) },
  steps: Number(steps),
};
const checkpoint = trainingCheckpoint(folder, regressionKind, run);
const resumed = await checkpoint.resume();
process.stdout.write(`started ${resumed?.stepsDone ?? "new"}\n`);
const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort());
try {
  await train({
    executable: await regressionOn(engine, resumed?.state ?? initialRegression(run.seed)),
    layout: regressionLayout,
    steps: run.steps,
    stepsDone: resumed?.stepsDone ?? 0,
    batches: regressionBatches(run.seed),
    scalars: { learningRate: cosineSchedule({ peak: run.config.learningRate, last: 0, steps: run.steps }) },
    checkpoint: {
      every: Number(every),
      save: async (stepsDone, state) => {
        await checkpoint.save(stepsDone, state);
        process.stdout.write(`saved ${stepsDone}\n`);
      },
    },
    signal: interrupt.signal,
  });
  process.stdout.write("done\n");
} catch (error) {
  if (!isNextscaleError(error, "interrupted")) throw error;
  process.stdout.write(`${error.message}\n`);
  process.exitCode = 1;
}
