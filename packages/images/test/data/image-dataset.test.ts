import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { datasetFromIdx, imageDataset } from "../../src/data/image-dataset.js";

const parts = {
  name: "toy",
  images: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7),
  labels: Uint8Array.of(1, 0),
  height: 2,
  width: 2,
  channels: 1,
  classes: ["no", "yes"],
} as const;

test("counts the images and hashes images, then labels", async () => {
  const dataset = await imageDataset(parts);
  expect(dataset.count).toBe(2);
  expect(dataset.hash).toBe(createHash("sha256").update(parts.images).update(parts.labels).digest("hex"));
  expect(dataset.images).toBe(parts.images);
});

test("refuses parts that do not agree", async () => {
  const wrong = [
    { height: 3 },
    { height: 0 },
    { width: 5000 },
    { width: 1.5 },
    { channels: 2 },
    { images: new Uint8Array(0) },
    { labels: Uint8Array.of(1) },
    { labels: Uint8Array.of(1, 2) },
    { classes: [] },
    { classes: new Array<string>(257).fill("x") },
  ];
  for (const part of wrong) {
    await expect(imageDataset({ ...parts, ...part } as never), JSON.stringify(part)).rejects.toMatchObject({
      code: expect.stringMatching(/^(shape|invalid-data)$/) as string,
    });
  }
  const { name, images, height, width, channels, classes } = parts;
  await expect(imageDataset({ name, images, height, width, channels, classes })).rejects.toMatchObject({
    code: "shape",
  });
});

test("a pair of IDX tensors is a data set; classes default to the labels' numbers", async () => {
  const images = { dtype: "uint8", shape: [2, 2, 2], data: parts.images } as const;
  const labels = { dtype: "uint8", shape: [2], data: Uint8Array.of(0, 2) } as const;
  expect(await datasetFromIdx("toy", images, labels)).toMatchObject({
    count: 2,
    channels: 1,
    classes: ["0", "1", "2"],
  });
  const colour = { dtype: "uint8", shape: [1, 1, 2, 3], data: new Uint8Array(6) } as const;
  expect(await datasetFromIdx("toy", colour)).toMatchObject({
    count: 1,
    height: 1,
    width: 2,
    channels: 3,
    classes: [],
  });
});

test("tensors that are no images or labels are refused", async () => {
  const images = { dtype: "uint8", shape: [2, 2, 2], data: parts.images } as const;
  const floats = { dtype: "float32", shape: [2, 2, 2], data: new Float32Array(8) } as const;
  const flat = { dtype: "uint8", shape: [8], data: parts.images } as const;
  const deep = { dtype: "uint8", shape: [2, 2, 2, 1, 1], data: parts.images } as const;
  for (const wrong of [floats, flat, deep]) {
    await expect(datasetFromIdx("toy", wrong)).rejects.toMatchObject({ code: "shape" });
    await expect(datasetFromIdx("toy", images, wrong)).rejects.toMatchObject({ code: "shape" });
  }
});

test("labels that skip most of their numbers are refused, unless the classes have names", async () => {
  const images = { dtype: "uint8", shape: [2, 2, 2], data: parts.images } as const;
  const labelled = (a: number, b: number) => ({ dtype: "uint8", shape: [2], data: Uint8Array.of(a, b) }) as const;
  expect((await datasetFromIdx("toy", images, labelled(3, 0))).classes).toHaveLength(4);
  expect((await datasetFromIdx("toy", images, labelled(1, 1))).classes).toHaveLength(2);
  const refuses = (a: number, b: number, expected: string) =>
    expect(datasetFromIdx("toy", images, labelled(a, b))).rejects.toMatchObject({ code: "invalid-data", expected });
  await refuses(255, 255, "labels of at least half of the classes 0 to 255");
  await refuses(4, 0, "labels of at least half of the classes 0 to 4");
  expect((await datasetFromIdx("toy", images, labelled(4, 0), [..."abcde"])).classes).toHaveLength(5);
});

test("no labels for some images are labels that do not match, not classes without images", async () => {
  const images = { dtype: "uint8", shape: [2, 2, 2], data: parts.images } as const;
  const none = { dtype: "uint8", shape: [0], data: new Uint8Array() } as const;
  await expect(datasetFromIdx("toy", images, none)).rejects.toMatchObject({ code: "shape", expected: "2 labels" });
});
