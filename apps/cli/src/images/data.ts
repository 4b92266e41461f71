import { statSync } from "node:fs";
import { NextscaleError } from "@nextscale/engine";
import type { ImageDataset } from "@nextscale/images";
import { loadFashionMnist, loadIdxPair, loadMnist, loadPngFolder } from "@nextscale/images/node";
import { DATA_FORMS } from "./data-forms.js";

/** Sets that are known by name, with a part to train on and one to test with. */
const NAMED = { mnist: loadMnist, "fashion-mnist": loadFashionMnist } as const;

/** How the images of an option are loaded. */
interface Wanted {
  /** Of a set known by name; other sets are one part. */
  readonly split: "train" | "test";
  /** The option, for errors. */
  readonly option: string;
  /** Names of the classes of IDX labels: those of the training images, where these are not all among the test images. */
  readonly classes?: readonly string[];
}

/**
 * The images that an option names: a set by its name, a pair of IDX files (or one, without labels), or a folder of PNG
 * images, whose sub-folders are classes.
 *
 * @throws NextscaleError `invalid-argument` for what is none of these; what the reader of its format throws
 */
export async function loadData(text: string, { split, option, classes }: Wanted): Promise<ImageDataset> {
  if (isNamed(text)) return NAMED[text](split);
  const [images = "", labels, ...more] = text.split(",");
  if (images !== "" && labels !== "" && more.length === 0) {
    const names = classes === undefined ? {} : { classes };
    if (labels !== undefined) return loadIdxPair(images, labels, names);
    const kind = statSync(images, { throwIfNoEntry: false });
    if (kind?.isDirectory()) return loadPngFolder(images);
    if (kind?.isFile()) return loadIdxPair(images);
  }
  throw new NextscaleError({
    code: "invalid-argument",
    where: option,
    expected: DATA_FORMS,
    got: text === "" ? "an empty name" : text,
    fix: "check the path",
  });
}

/**
 * Training and test images. A set known by name has both parts; of others the test images are named on their own.
 *
 * @throws NextscaleError as `loadData`, and `invalid-argument` when there is nothing to test with
 */
export async function loadTrainAndTest(
  data: string,
  testData: string | undefined,
): Promise<readonly [train: ImageDataset, test: ImageDataset]> {
  if (testData === undefined && !isNamed(data)) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "--test-data",
      expected: `the images to test with, which ${data} does not name`,
      got: "none",
      fix: `add --test-data with ${DATA_FORMS}`,
    });
  }
  const train = await loadData(data, { split: "train", option: "--data" });
  const classes = train.labels === undefined ? {} : { classes: train.classes };
  const option = testData === undefined ? "--data" : "--test-data";
  return [train, await loadData(testData ?? data, { split: "test", option, ...classes })];
}

function isNamed(text: string): text is keyof typeof NAMED {
  return Object.hasOwn(NAMED, text);
}
