import { fitFrechet, momentsOf } from "@nextscale/refinement-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ImageBatch } from "../../src/image-batch.js";
import type { FeatureNetwork } from "../../src/metrics/feature-network.js";
import { loadFeatureNetwork } from "../../src/node/load-feature-network.js";
import { loadMnist } from "../../src/node/mnist.js";
import { imagesAt } from "../../src/data/images-at.js";
import { addNoise, blackOut, blur, pixelise, shift } from "../support/corruptions.js";

/* A distance between sets of images is worth something if it grows when images get worse, whatever way they get worse. */

const COUNT = 2000;

let network: FeatureNetwork;
let images: ImageBatch;
let distance: (changed: ImageBatch) => Promise<number>;

beforeAll(async () => {
  network = await loadFeatureNetwork();
  const { height, width, channels, ...dataset } = await loadMnist("test");
  images = { data: imagesAt({ height, width, channels, ...dataset }, 0, COUNT), count: COUNT, height, width, channels };
  const frechet = fitFrechet(momentsOf((await network.embed(images)).features));
  distance = async (changed) => frechet.score(momentsOf((await network.embed(changed)).features)).distance;
});
afterAll(() => network.close());

describe("the Fréchet LeNet distance grows with the strength of", () => {
  test.each([
    { name: "noise", spoil: addNoise, strengths: [0, 0.1, 0.2, 0.4, 0.8] },
    { name: "blur", spoil: blur, strengths: [0, 0.5, 1, 1.5, 2.5] },
    { name: "blackout", spoil: blackOut, strengths: [0, 4, 8, 12, 16] },
    { name: "shift and crop", spoil: shift, strengths: [0, 1, 2, 4, 6] },
    { name: "pixelisation", spoil: pixelise, strengths: [1, 2, 4, 7, 14] },
  ])("$name", async ({ spoil, strengths }) => {
    const distances: number[] = [];
    for (const strength of strengths) distances.push(await distance(spoil(images, strength)));
    expect(distances[0]).toBeLessThan(1e-6);
    for (let i = 1; i < distances.length; i++) expect(distances[i]).toBeGreaterThan(1.1 * distances[i - 1]!);
  });
});
