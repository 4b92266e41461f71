/**
 * Trains the smaller preset on the first digits into a folder, with checkpoints every few steps, saying each report. After the
 * report named by the last argument it stands still, to be killed there.
 */
import { loadMnist } from "../../src/node/mnist.js";
import { trainAtIntervals } from "../../src/node/train-image-model.js";
import { SMALLER } from "../support/smaller-preset.js";
import { subset } from "../support/subset.js";

const [out = "", last] = process.argv.slice(2);
const dataset = await subset(await loadMnist("train"), { first: 0, count: 200, stride: 20 });
await trainAtIntervals(
  {
    preset: SMALLER,
    dataset,
    out,
    seed: 1,
    onProgress: ({ stage, stepsDone }) => {
      process.stdout.write(`${stage} ${stepsDone}\n`);
      if (`${stage} ${stepsDone}` === last) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
    },
  },
  { checkpointEvery: 4, logEvery: 5 },
);
