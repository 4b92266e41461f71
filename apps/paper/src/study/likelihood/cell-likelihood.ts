import { labelCost, twoPartCosts, type ImageDataset } from "@nextscale/images";
import { psnr } from "@nextscale/refinement-core";
import type { AnyCellModel } from "../cell/model-of.js";
import type { SetMeter } from "../measure/set-distance.js";
import type { CellLikelihood, CellRecord } from "../report/records.js";
import type { StudySettings } from "../settings.js";
import type { TrainingItems } from "../training/study-stage.js";
import { codeCost, type CodeCost } from "./code-cost.js";
import { denoisedImages, denoisingCost } from "./denoising-cost.js";
import { gaussianCost } from "./gaussian-cost.js";
import type { Measured, ModelBound } from "./measured.js";

/** Training images on which the distribution of pixels around decoded ones is fitted: 1.6 million pixels. */
const DECODER_IMAGES = 2_000;

/** Numbers of an image. */
const PIXELS = 784;

/** What a cell's likelihood is measured on. */
export interface LikelihoodInputs {
  readonly train: { readonly images: ImageDataset; readonly items: TrainingItems };
  readonly test: { readonly images: ImageDataset; readonly items: TrainingItems };
  readonly settings: StudySettings;
  readonly meter: SetMeter;
}

/**
 * Bits per dimension of test images when their class, what the network predicts, and then the pixels are sent: an upper bound of
 * -log2 p(image) / 784 in every cell. Pixels are sent under the frequencies of levels around decoded values, counted on
 * training images that were decoded in the same way.
 */
export async function cellLikelihood(
  model: AnyCellModel,
  measured: Measured,
  inputs: LikelihoodInputs,
): Promise<Pick<CellRecord, "likelihood" | "codes">> {
  const { train, test, settings } = inputs;
  const known = Math.min(DECODER_IMAGES, train.images.count);
  switch (model.head) {
    case "categorical": {
      const { images: means } = await codeCost(model, measured, train.items, known);
      const found = await codeCost(model, measured, test.items, test.images.count);
      return { likelihood: boundOf(inputs, means, found), codes: await codeFigures(model, inputs, found) };
    }
    case "gaussian": {
      const { images: means } = await gaussianCost(model, measured, train.items, known);
      return { likelihood: boundOf(inputs, means, await gaussianCost(model, measured, test.items, test.images.count)) };
    }
    case "epsilon": {
      const count = Math.min(settings.boundImages, test.images.count);
      const means = await denoisedImages(model, measured, train.items, known);
      return { likelihood: boundOf(inputs, means, await denoisingCost(model, measured, test.items, count)) };
    }
  }
}

/** @param means what training images decode to */
function boundOf({ train, test }: LikelihoodInputs, means: Float32Array, found: ModelBound): CellLikelihood {
  const images = found.images.length / PIXELS;
  const labelNats = labelCost(train.images, test.images);
  const pixels = test.images.images.subarray(0, found.images.length);
  const decoded = { data: cut(found.images), count: images, height: 28, width: 28, channels: 1 };
  const known = { pixels: train.images.images.subarray(0, means.length), means: cut(means) };
  const own = { ...test.images, images: pixels, count: images };
  const pixelNats = twoPartCosts(known, own, decoded, 0).twoPartBits.histogram * PIXELS * Math.LN2;
  const bitsPerDim = (labelNats + found.nats + pixelNats) / (PIXELS * Math.LN2);
  return { bitsPerDim, labelNats, modelNats: found.nats, pixelNats, images };
}

async function codeFigures(
  { space, coder }: Extract<AnyCellModel, { readonly head: "categorical" }>,
  { test, meter }: LikelihoodInputs,
  { images, calibration, calibrationOfAll }: CodeCost,
): Promise<NonNullable<CellRecord["codes"]>> {
  const clean = Float32Array.from(test.images.images, (value) => value / 255);
  const codes = coder.forms.map(({ stages }, k) => stages * space.tokens[k]!.sites);
  return {
    oracle: await meter(images, test.images.labels!),
    meanSquaredError: psnr(clean, cut(images), PIXELS).meanSquaredError,
    codes: codes.reduce((sum, own) => sum + own, 0),
    bits: codes.reduce((sum, own, k) => sum + own * Math.log2(coder.forms[k]!.vocabulary), 0),
    ...{ calibration: [...calibration], calibrationOfAll },
  };
}

/** Images cut to [0, 1]. */
function cut(images: Float32Array): Float32Array {
  return images.map((value) => Math.min(1, Math.max(0, value)));
}
