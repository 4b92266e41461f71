import { readFileSync } from "node:fs";
import { openEngine } from "@nextscale/engine/node";
import { accuracy } from "@nextscale/refinement-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { embedDataset, openFeatureNetwork, type FeatureNetwork } from "../../src/metrics/feature-network.js";
import { loadFeatureNetwork } from "../../src/node/load-feature-network.js";
import { loadMnist } from "../../src/node/mnist.js";
import { imagesAt } from "../../src/data/images-at.js";

const FOLDER = new URL("../../models/lenet-mnist/", import.meta.url);
const bytes = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, FOLDER)));

let network: FeatureNetwork;
beforeAll(async () => {
  network = await loadFeatureNetwork();
});
afterAll(() => network.close());

test("the bundled network names at least 99.3 % of MNIST's test images, as its description says", async () => {
  const dataset = await loadMnist("test");
  const { features, predictions } = await embedDataset(network, dataset);
  expect(features).toMatchObject({ count: 10_000, dimension: 128 });
  const measured = accuracy(predictions, dataset.labels!);
  expect(measured).toBeGreaterThanOrEqual(0.993);
  const description = JSON.parse(readFileSync(new URL("model.json", FOLDER), "utf8")) as { metrics: object };
  // Rounding differs from machine to machine, which may turn an image that is on the edge between two classes.
  expect(description.metrics).toEqual({ "accuracy/mnist/test": expect.closeTo(measured, 3) as number });
  expect(network.hash).toMatchInlineSnapshot(`"09f898c3ddc8702ae1a36917bd88a7b2afc0ad2ba0a958371d29f5830cca7e31"`);
});

test("an image has the same features alone and among others, in whatever place", async () => {
  const dataset = await loadMnist("test");
  const shape = { height: 28, width: 28, channels: 1 };
  const many = await network.embed({ data: imagesAt(dataset, 0, 260), count: 260, ...shape });
  for (const at of [0, 100, 255]) {
    const alone = await network.embed({ data: imagesAt(dataset, at, 1), count: 1, ...shape });
    expect(alone.features.data).toEqual(many.features.data.slice(at * 128, (at + 1) * 128));
    expect(alone.predictions[0]).toBe(many.predictions[at]);
  }
});

test("images of another size, or not numbers, are refused", async () => {
  const image = { count: 1, height: 28, width: 28, channels: 1 };
  await expect(network.embed({ ...image, data: new Float32Array(784), height: 14, width: 56 })).rejects.toMatchObject({
    code: "shape",
  });
  await expect(network.embed({ ...image, data: new Float32Array(783) })).rejects.toMatchObject({ code: "shape" });
  await expect(network.embed({ ...image, data: new Float32Array(0), count: 0 })).rejects.toMatchObject({
    code: "shape",
  });
  await expect(network.embed({ ...image, data: new Float32Array(784).fill(NaN) })).rejects.toMatchObject({
    code: "invalid-data",
  });
});

test("weights that are not those of the description are refused, and so is another kind of model", async () => {
  const engine = await openEngine();
  const files = { "model.json": bytes("model.json"), "weights.safetensors": bytes("weights.safetensors") };
  const changed = files["weights.safetensors"].slice();
  changed[changed.length - 3]! ^= 1;
  await expect(openFeatureNetwork({ ...files, "weights.safetensors": changed }, engine)).rejects.toMatchObject({
    code: "invalid-data",
    message: expect.stringContaining("SHA-256") as string,
  });
  const text = new TextDecoder().decode(files["model.json"]).replace("images/feature-network", "images/next-scale");
  const other = { ...files, "model.json": new TextEncoder().encode(text) };
  await expect(openFeatureNetwork(other, engine)).rejects.toMatchObject({ code: "invalid-data" });
  const lies = [{ features: 2 ** 40 }, { height: 1e6, width: 1e6 }, { features: 4096, height: 1024, width: 1024 }];
  for (const lie of lies) {
    const description = JSON.parse(new TextDecoder().decode(files["model.json"])) as { config: object };
    const lying = JSON.stringify({ ...description, config: { ...description.config, ...lie } });
    const began = process.memoryUsage().arrayBuffers;
    const opening = openFeatureNetwork({ ...files, "model.json": new TextEncoder().encode(lying) }, engine);
    await expect(opening).rejects.toMatchObject({ code: "invalid-data" });
    // The dense layer that the last one describes would take 16 GB.
    expect(process.memoryUsage().arrayBuffers - began).toBeLessThan(2 ** 26);
  }
  await engine.close();
  await expect(loadFeatureNetwork({ folder: "/nowhere" })).rejects.toMatchObject({ code: "invalid-file" });
});
