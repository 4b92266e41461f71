import { labelCost, type ImageDataset } from "@nextscale/images";
import type { AnyCellModel } from "../cell/model-of.js";
import type { SetMeter } from "../measure/set-distance.js";
import type { CellLikelihood, CellRecord } from "../report/records.js";
import type { TrainingItems } from "../training/study-stage.js";
import { codeCost, type CodeCost } from "./code-cost.js";
import { decodedCodes, type CodeModel, type DecodedCodes } from "./decoded-codes.js";
import { denoisingCost } from "./denoising-cost.js";
import { gaussianCost } from "./gaussian-cost.js";
import { hiddenCost } from "./hidden-cost.js";
import type { Measured, ModelBound } from "./measured.js";
import { pixelNats, PIXELS } from "./pixel-cost.js";

/** Training images on which the distribution of pixels around decoded ones is fitted: 1.6 million pixels. */
const DECODER_IMAGES = 2_000;

/** What a cell's likelihood is measured on. */
export interface LikelihoodInputs {
  readonly train: { readonly images: ImageDataset; readonly items: TrainingItems };
  readonly test: { readonly images: ImageDataset; readonly items: TrainingItems };
  readonly meter: SetMeter;
  /** What codes decode to is the same for all models whose codes are made alike: makes it, unless that was done before. */
  readonly decodedOnce: (make: () => Promise<DecodedCodes>) => Promise<DecodedCodes>;
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
  const { train, test } = inputs;
  const known = Math.min(DECODER_IMAGES, train.images.count);
  switch (model.head) {
    case "categorical":
    case "absorbing": {
      const { count } = test.images;
      const decoded = await inputs.decodedOnce(() => decodedCodes(model, measured, inputs, known));
      const found = await (model.head === "absorbing"
        ? hiddenCost(model, measured, test.items, count)
        : codeCost(model, measured, test.items, count));
      const likelihood = boundOf(inputs, { modelNats: found.nats, pixelNats: decoded.pixelNats, images: count });
      return { likelihood, codes: codeFigures(model, decoded, found) };
    }
    case "gaussian": {
      const { images: means } = await gaussianCost(model, measured, train.items, known);
      const found = await gaussianCost(model, measured, test.items, test.images.count);
      return { likelihood: decodedBound(inputs, means, found) };
    }
    case "epsilon": {
      const { means, ...found } = await denoisingCost(model, measured, {
        known: { items: train.items, count: known },
        wanted: { items: test.items, count: test.images.count },
      });
      return { likelihood: decodedBound(inputs, means, found) };
    }
  }
}

/** @param means what training images decode to */
function decodedBound(inputs: LikelihoodInputs, means: Float32Array, { nats, images }: ModelBound): CellLikelihood {
  const { train, test } = inputs;
  const ofPixels = pixelNats({ pixels: train.images.images, means }, { pixels: test.images.images, images });
  return boundOf(inputs, { modelNats: nats, pixelNats: ofPixels, images: images.length / PIXELS });
}

function boundOf(
  { train, test }: LikelihoodInputs,
  parts: Pick<CellLikelihood, "modelNats" | "pixelNats" | "images">,
): CellLikelihood {
  const labelNats = labelCost(train.images, test.images);
  const bitsPerDim = (labelNats + parts.modelNats + parts.pixelNats) / (PIXELS * Math.LN2);
  return { bitsPerDim, labelNats, ...parts };
}

function codeFigures(
  { space, coder }: CodeModel,
  { oracle, meanSquaredError }: DecodedCodes,
  { calibration, calibrationOfAll }: CodeCost,
): NonNullable<CellRecord["codes"]> {
  const codes = coder.forms.map(({ stages }, k) => stages * space.tokens[k]!.sites);
  return {
    ...{ oracle, meanSquaredError },
    codes: codes.reduce((sum, own) => sum + own, 0),
    bits: codes.reduce((sum, own, k) => sum + own * Math.log2(coder.forms[k]!.vocabulary), 0),
    ...{ calibration: [...calibration], calibrationOfAll },
  };
}
