import { join } from "node:path";
import { NextscaleError } from "@nextscale/engine";
import type { ImageDataset } from "../data/image-dataset.js";
import { cacheFolder, dataFolder, findFiles } from "./data-folders.js";
import { downloadFile } from "./download.js";
import { loadIdxPair } from "./idx-file.js";
import { mnistFiles, type MnistSplit } from "./mnist.js";

/** The authors' class names, in the order of the labels. */
const CLASSES = [
  "t-shirt",
  "trouser",
  "pullover",
  "dress",
  "coat",
  "sandal",
  "shirt",
  "sneaker",
  "bag",
  "ankle boot",
] as const;

/** SHA-256 and size of the unpacked files, taken from Debian's package dataset-fashion-mnist 0.0~git20200523. */
const CONTENT: Readonly<Record<string, { sha256: string; bytes: number }>> = {
  "train-images-idx3-ubyte": {
    sha256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    bytes: 47_040_016,
  },
  "train-labels-idx1-ubyte": {
    sha256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    bytes: 60_008,
  },
  "t10k-images-idx3-ubyte": {
    sha256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    bytes: 7_840_016,
  },
  "t10k-labels-idx1-ubyte": {
    sha256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    bytes: 10_008,
  },
};

/** Where Debian's package dataset-fashion-mnist puts the files. */
const DEBIAN_FOLDER = "/usr/share/datasets/fashion-mnist";

/** Options of {@link loadFashionMnist}. */
export interface FashionMnistOptions {
  /**
   * Address of a folder with the four files as `.gz`, asked only when they are not on this machine. What comes is
   * checked against the known SHA-256 of each file and kept in the user's cache folder.
   */
  readonly downloadFrom?: string;
  /** Ends a download; one that takes longer than ten minutes ends by itself. */
  readonly signal?: AbortSignal;
}

/**
 * Fashion-MNIST, 28x28 grey images of ten kinds of clothing (Xiao, Rasul and Vollgraf, arXiv:1708.07747), from the
 * folder `fashion-mnist` of `NEXTSCALE_DATA`, Debian's package dataset-fashion-mnist, or the user's cache folder.
 * Nothing is downloaded unless `downloadFrom` says from where.
 *
 * @throws NextscaleError `missing-data` when it is in none of these places and no address is given or it fails
 */
export async function loadFashionMnist(split: MnistSplit, options: FashionMnistOptions = {}): Promise<ImageDataset> {
  const data = dataFolder();
  const cache = join(cacheFolder(), "fashion-mnist");
  const folders = [...(data === undefined ? [] : [join(data, "fashion-mnist")]), DEBIAN_FOLDER, cache];
  const files = mnistFiles(split);
  if (findFiles(folders, files) === undefined && options.downloadFrom !== undefined) {
    await download(options.downloadFrom, files, cache, options.signal);
  }
  const [images, labels] = findFiles(folders, files) ?? [];
  if (images === undefined) {
    throw new NextscaleError({
      code: "missing-data",
      where: "images/loadFashionMnist",
      expected: `${files.join(" and ")} (or .gz) in one of ${folders.join(", ")}`,
      got: "none of them",
      fix:
        "install the Debian package dataset-fashion-mnist, or put the files of " +
        `https://github.com/zalandoresearch/fashion-mnist into ${cache}, or into a folder fashion-mnist of a folder ` +
        "that the environment variable NEXTSCALE_DATA names",
    });
  }
  return loadIdxPair(images, labels, { name: `fashion-mnist/${split}`, classes: CLASSES });
}

async function download(
  from: string,
  files: readonly string[],
  cache: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const stop = signal === undefined ? {} : { signal };
  const base = from.endsWith("/") ? from : `${from}/`;
  for (const file of files) {
    await downloadFile({ url: `${base}${file}.gz`, ...CONTENT[file]!, path: join(cache, file), ...stop });
  }
}
