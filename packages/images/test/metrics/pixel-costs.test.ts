import { expect, test } from "vitest";
import { imageDataset } from "../../src/data/image-dataset.js";
import { fitHistogramDecoder, histogramDecoderNats } from "../../src/metrics/histogram-decoder.js";
import { roundToLevels } from "../../src/metrics/levels.js";
import { pixelFloors } from "../../src/metrics/pixel-floors.js";
import { loadMnist } from "../../src/node/mnist.js";

test("floors of MNIST are those computed independently with NumPy", async () => {
  const floors = pixelFloors(await loadMnist("train"), await loadMnist("test"));
  expect(floors.histogramBits).toBeCloseTo(1.9673, 4);
  expect(floors.pixelHistogramBits).toBeCloseTo(1.6897, 4);
  expect(floors.bernoulliNats).toBeCloseTo(205.85, 2);
});

test("floors of images that can be counted by hand", async () => {
  const dataset = (images: number[]) =>
    imageDataset({ name: "toy", images: Uint8Array.from(images), height: 1, width: 2, channels: 1, classes: [] });
  // First pixels 0 and 0, second pixels 255 and 0: of four levels seen, three are 0.
  const train = await dataset([0, 255, 0, 0]);
  const test = await dataset([0, 200]);
  const floors = pixelFloors(train, test);
  expect(floors.histogramBits).toBeCloseTo((Math.log2(260 / 4) + Math.log2(260 / 1)) / 2, 12);
  expect(floors.pixelHistogramBits).toBeCloseTo((Math.log2(258 / 3) + Math.log2(258 / 1)) / 2, 12);
  expect(floors.bernoulliNats).toBeCloseTo(Math.log(4 / 3) + Math.log(4 / 2), 12);
  await expect(async () =>
    pixelFloors(train, await imageDataset({ ...test, images: new Uint8Array(3), width: 3 })),
  ).rejects.toMatchObject({ code: "shape" });
});

test("the histogram decoder's probabilities of a pixel sum to 1, of levels and of dark and bright", () => {
  const pixels = Uint8Array.from({ length: 5000 }, (_, i) => (i * 37) % 256);
  const means = Float32Array.from(pixels, (level, i) => (level + (i % 20)) / 275);
  const decoder = fitHistogramDecoder(pixels, means);
  for (const mean of [0, 0.4, 1, 1.5, -1]) {
    let levels = 0;
    for (let level = 0; level < 256; level++) {
      levels += Math.exp(-histogramDecoderNats(decoder, Uint8Array.of(level), Float32Array.of(mean), 1).levels);
    }
    const binary = [0, 255].map((level) =>
      Math.exp(-histogramDecoderNats(decoder, Uint8Array.of(level), Float32Array.of(mean), 1).binary),
    );
    expect(levels).toBeCloseTo(1, 10);
    expect(binary[0]! + binary[1]!).toBeCloseTo(1, 10);
  }
  // It has learnt which levels go with a decoded value.
  const cost = (level: number) => histogramDecoderNats(decoder, Uint8Array.of(level), Float32Array.of(0.5), 1).levels;
  expect(cost(128)).toBeLessThan(Math.log(256) - 1);
  expect(cost(10)).toBeGreaterThan(Math.log(256));
  expect(() => fitHistogramDecoder(pixels, means.subarray(1))).toThrow("as many decoded values as pixels");
});

test("samples are rounded to levels as a file would", () => {
  const batch = {
    data: Float32Array.of(-0.1, 0.5 / 255 - 1e-6, 0.5 / 255 + 1e-6, 2),
    count: 1,
    height: 2,
    width: 2,
    channels: 1,
  };
  expect(Array.from(roundToLevels(batch).data)).toEqual(Array.from(Float32Array.of(0, 0, 1 / 255, 1)));
});
