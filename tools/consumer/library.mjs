import assert from "node:assert/strict";
import { f32, NextscaleError, trace } from "@nextscale/engine";
import { openEngine } from "@nextscale/engine/node";
import { loadFeatureNetwork, loadImageModel } from "@nextscale/images/node";
import * as tf from "@tensorflow/tfjs-core";

/* A user's first lines in plain JavaScript. */

const program = trace(({ x, w }) => tf.matMul(x, w), { x: f32(2, 2), w: f32(2, 1) });
const engine = await openEngine();
const executable = await engine.compile(program, { constants: { w: Float32Array.of(1, -1) } });
const { output } = await executable.run({ x: Float32Array.of(5, 3, 1, 4) });
assert.deepEqual([...output], [2, -3]);
await assert.rejects(executable.run({}), NextscaleError);
await engine.close();

// The models travel in the tarball: generated digits are what they were asked to be.
const model = await loadImageModel("mnist");
const samples = await model.sample({ count: 20, seed: 1, guidanceScale: 2 });
await model.close();
const network = await loadFeatureNetwork();
const { predictions } = await network.embed(samples);
await network.close();
const right = samples.labels.filter((label, i) => label === predictions[i]).length;
assert.ok(right >= 16, `${right} of 20 generated digits are recognised`);
