import { NextscaleError } from "@nextscale/engine";
import { sha256 } from "@nextscale/refinement-core";
import type { ImageDataset } from "../data/image-dataset.js";
import type { ImageBatch } from "../image-batch.js";
import type { EvaluatedModel } from "./evaluated-model.js";
import type { FeatureNetwork } from "./feature-network.js";

/** What must belong together in an evaluation. */
export interface Matching {
  readonly model: EvaluatedModel;
  readonly network: FeatureNetwork;
  readonly train: ImageDataset;
  readonly test: ImageDataset;
}

/**
 * Figures of a model on data that it does not belong to look like any others, so it is refused to compute them: model,
 * feature network and both data sets must agree in the images' size and in the classes, and the model must have been
 * trained on just these training images.
 *
 * @throws NextscaleError `shape` for other sizes or a lack of labels, `invalid-data` for other classes or other data
 */
export async function requireMatching({ model, network, train, test }: Matching): Promise<void> {
  requireSize(model, train, test);
  const { classes } = model.config;
  const labelled = train.labels !== undefined && test.labels !== undefined;
  if (classes.length > 0 && !labelled) {
    const expected = "labelled training and test images, because the model has classes";
    throw refused("shape", expected, "images without labels", "evaluate on the data it was trained on");
  }
  // A model without classes may be measured on images that have some: they just play no part.
  const listed = [...(classes.length > 0 ? [classes] : []), ...(labelled ? [train.classes, test.classes] : [])];
  if (new Set(listed.map((names) => JSON.stringify(names))).size > 1) {
    const got = listed.map((names) => shown(names)).join(" and ");
    throw refused("invalid-data", "model, training and test images of the same classes in the same order", got);
  }
  if (!(await isTrainedOn(model, train))) {
    const { name, sha256: hash } = model.trainedOn;
    throw refused(
      "invalid-data",
      `the images that the model was trained on, ${name} with SHA-256 ${hash}`,
      `${train.name} with ${train.hash}`,
      "name the data set that it was trained on",
    );
  }
  const count = labelled ? train.classes.length : network.config.classes;
  const { name, sha256: hash } = network.trainedOn;
  if (network.config.classes !== count || (name !== train.name && hash !== train.hash)) {
    throw refused(
      "invalid-data",
      `a feature network trained on ${train.name} with ${count} classes`,
      `one trained on ${name} with ${network.config.classes}`,
      "train one with trainFeatureNetwork: features of other images do not tell these apart",
    );
  }
}

/** The hash of a data set is of images and labels; a model without classes may have seen the images alone. */
async function isTrainedOn({ trainedOn, config }: EvaluatedModel, train: ImageDataset): Promise<boolean> {
  if (trainedOn.sha256 === train.hash) return true;
  return config.classes.length === 0 && trainedOn.sha256 === (await sha256(train.images));
}

function requireSize(model: EvaluatedModel, train: ImageDataset, test: ImageDataset): void {
  const size = ({ height, width, channels }: Pick<ImageBatch, "height" | "width" | "channels">): string =>
    `${height}x${width}x${channels}`;
  const sizes = [model.config, train, test].map(size);
  if (new Set(sizes).size === 1) return;
  const expected = `training and test images of the model's size, ${sizes[0]!}`;
  throw refused("shape", expected, `${sizes[1]!} and ${sizes[2]!}`);
}

function shown(names: readonly string[]): string {
  const first = names.slice(0, 10).join(", ");
  return `[${first}${names.length > 10 ? ", ..." : ""}]`;
}

function refused(code: "shape" | "invalid-data", expected: string, got: string, fix?: string): NextscaleError {
  return new NextscaleError({
    code,
    where: "images/evaluateImages",
    expected,
    got,
    ...(fix === undefined ? {} : { fix }),
  });
}
