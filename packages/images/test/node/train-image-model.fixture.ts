/** Trains the tiny preset on the first digits into a folder, saying `started` and each report, until it is done or killed. */
import { loadMnist } from "../../src/node/mnist.js";
import { trainImageModel } from "../../src/node/train-image-model.js";
import { subset } from "../support/subset.js";

const out = process.argv[2]!;
const dataset = await subset(await loadMnist("train"), { first: 0, count: 200, stride: 20 });
await trainImageModel({
  preset: "tiny",
  dataset,
  out,
  seed: 1,
  resume: true,
  onProgress: ({ stage, stepsDone }) => process.stdout.write(`${stage} ${stepsDone}\n`),
});
