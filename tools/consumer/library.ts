import assert from "node:assert/strict";
import { f32, isNextscaleError, trace, type Engine, type Program } from "@nextscale/engine";
import { openEngine } from "@nextscale/engine/node";
import type { ImageModel, ImageSamples } from "@nextscale/images";
import { loadImageModel } from "@nextscale/images/node";
import { gaussianSteps, gridCoarsening, hostGrid, hostTensor, type HostTensor } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";

/* A user's first lines in TypeScript. */

const program: Program = trace(({ x, w }) => tf.matMul(x, w), { x: f32(2, 2), w: f32(2, 1) });
const engine: Engine = await openEngine();
const executable = await engine.compile(program, { constants: { w: Float32Array.of(1, -1) } });
const { output } = await executable.run({ x: Float32Array.of(5, 3, 1, 4) });
assert.deepEqual([...(output ?? [])], [2, -3]);
await assert.rejects(executable.run({}), (error) => isNextscaleError(error, "shape"));
await engine.close();

const coarsening = gridCoarsening(hostGrid, gaussianSteps([4, 4], 1));
const coarse: HostTensor = coarsening.coarsen(hostTensor([1, 4, 4, 1]), 0);
assert.deepEqual(coarse.shape, [1, 2, 2, 1]);

const model: ImageModel = await loadImageModel("mnist");
const samples: ImageSamples = await model.sample({ count: 2, seed: 1, label: 7 });
assert.equal(samples.data.length, 2 * 28 * 28);
assert.deepEqual([...samples.labels], [7, 7]);
await model.close();
