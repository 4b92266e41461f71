import type { FeatureNetwork, ImageModel } from "@nextscale/images";
import { loadFeatureNetwork, loadImageModel, loadMnist } from "@nextscale/images/node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

/* The bundled model keeps what the pages say of it, measured on a part; `nextscale images evaluate` measures it on all. */

vi.setConfig({ testTimeout: 180_000 });

let model: ImageModel;
let network: FeatureNetwork;
beforeAll(async () => void ([model, network] = [await loadImageModel("mnist"), await loadFeatureNetwork()]));
afterAll(() => Promise.all([model.close(), network.close()]));

test("its tokeniser gives test images back with a mean squared error of at most 0.004", async () => {
  const { images, height, width, channels, count: all } = await loadMnist("test");
  const count = 100;
  const size = height * width * channels;
  // From all over the set: its second half is of other writers.
  const first = (i: number) => Math.floor(i / size) * Math.floor(all / count) * size;
  const data = Float32Array.from({ length: count * size }, (_, i) => images[first(i) + (i % size)]! / 255);
  const { data: again } = await model.reconstruct({ data, count, height, width, channels });
  const error = data.reduce((sum, value, i) => sum + (value - again[i]!) ** 2, 0) / data.length;
  expect(error).toBeGreaterThan(0);
  expect(error).toBeLessThanOrEqual(0.004);
});

/*
 * The draws are the same on every machine, so the shares are too: what the model reaches on them, rounded down. A better
 * model raises them.
 */
test.each([
  { guidanceScale: 1, count: 200, share: 0.97 },
  { guidanceScale: 3, count: 100, share: 0.99 },
])("at least $share of the digits guided by $guidanceScale are the ones asked for", async (expected) => {
  const { guidanceScale, count, share } = expected;
  const samples = await model.sample({ count, seed: 1, guidanceScale });
  const { predictions } = await network.embed(samples);
  const right = samples.labels.filter((label, i) => predictions[i] === label).length / count;
  expect(right).toBeGreaterThanOrEqual(share);
});

test("control: the classes of other digits do not agree", async () => {
  const samples = await model.sample({ count: 32, seed: 1 });
  const { predictions } = await network.embed(samples);
  expect(samples.labels.filter((label, i) => predictions[i] === (label + 1) % 10).length).toBeLessThan(8);
});
