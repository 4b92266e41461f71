import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { writeIdx } from "../../src/data/idx.js";
import { loadIdxPair } from "../../src/node/idx-file.js";
import { loadMnist } from "../../src/node/mnist.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nextscale-"));
  vi.stubEnv("NEXTSCALE_DATA", undefined);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

function histogram(labels: Uint8Array): number[] {
  const counts = new Array<number>(10).fill(0);
  for (const label of labels) counts[label]!++;
  return counts;
}

test("MNIST from the npm package is MNIST: sizes, class counts, mean and standard deviation, hash", async () => {
  const train = await loadMnist("train");
  const { images, labels, ...rest } = train;
  expect(rest).toEqual({
    name: "mnist/train",
    count: 60_000,
    height: 28,
    width: 28,
    channels: 1,
    classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
  expect(histogram(labels!)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  let sum = 0;
  let squares = 0;
  for (const value of images) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / images.length / 255;
  // The constants every MNIST example normalises with.
  expect(mean).toBeCloseTo(0.1307, 4);
  expect(Math.sqrt(squares / images.length / 255 ** 2 - mean ** 2)).toBeCloseTo(0.3081, 4);

  const test = await loadMnist("test");
  expect(test.count).toBe(10_000);
  expect(histogram(test.labels!)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  expect([train.hash, test.hash]).toMatchInlineSnapshot(`
    [
      "edc0d1098aa497be14ace79ddd5171e5a3dcf9c4d196c015389203eb3ba1f59b",
      "c3f9adf9c66efb572b1f9326c3a511b45910c7173b97be66ceceeeeaef6b802b",
    ]
  `);
});

const toyImages = writeIdx([2, 2, 2], Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7));
const toyLabels = writeIdx([2], Uint8Array.of(7, 1));

test("NEXTSCALE_DATA comes first, and files may be packed with gzip", async () => {
  vi.stubEnv("NEXTSCALE_DATA", folder);
  mkdirSync(join(folder, "mnist"));
  writeFileSync(join(folder, "mnist", "t10k-images-idx3-ubyte.gz"), gzipSync(toyImages));
  writeFileSync(join(folder, "mnist", "t10k-labels-idx1-ubyte"), toyLabels);
  expect(await loadMnist("test")).toMatchObject({ count: 2, height: 2, labels: Uint8Array.of(7, 1) });
  expect((await loadMnist("train")).count).toBe(60_000);
});

test("any pair of IDX files, with or without labels", async () => {
  const images = join(folder, "faces.idx");
  const labels = join(folder, "faces-labels.idx");
  writeFileSync(images, toyImages);
  writeFileSync(labels, toyLabels);
  expect(await loadIdxPair(images)).toMatchObject({ name: "faces.idx", count: 2, classes: [] });
  const named = await loadIdxPair(images, labels, { name: "faces", classes: [..."abcdefgh"] });
  expect(named).toMatchObject({ name: "faces", classes: [..."abcdefgh"] });
  await expect(loadIdxPair(images, labels, { classes: ["a"] })).rejects.toMatchObject({ code: "invalid-data" });
  await expect(loadIdxPair(labels)).rejects.toMatchObject({ code: "shape" });
  const load = loadIdxPair as (...args: unknown[]) => Promise<unknown>;
  const wrong = [[], [5], [images, null], [images, labels, null], [images, labels, { classes: "ab" }], [images, labels, { nam: "a" }]]; // prettier-ignore
  for (const args of wrong) await expect(load(...args)).rejects.toMatchObject({ code: "invalid-argument" });
});

test("files that are missing, truncated or lie are typed errors that name them", async () => {
  const path = join(folder, "digits");
  const refused = async (bytes: Uint8Array) => {
    writeFileSync(path, bytes);
    await expect(loadIdxPair(path)).rejects.toMatchObject({
      code: "invalid-file",
      message: expect.stringContaining(path) as string,
    });
  };
  await expect(loadIdxPair(path)).rejects.toMatchObject({ code: "invalid-file", got: "ENOENT" });
  await refused(toyImages.subarray(0, 20));
  await refused(gzipSync(toyImages).subarray(0, 20));
  await refused(gzipSync(toyImages.subarray(0, 20)));
  await refused(new Uint8Array(0));
  await expect(loadIdxPair(folder)).rejects.toMatchObject({ code: "invalid-file", got: "EISDIR" });
});
