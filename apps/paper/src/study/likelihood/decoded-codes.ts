import type { Program } from "@nextscale/engine";
import { concatenate, psnr, traceTyped, type LinearParameters } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { AbsorbingModel } from "../head/absorbing.js";
import type { CategoricalModel } from "../head/categorical.js";
import type { SetDistance } from "../measure/set-distance.js";
import type { CellParameters } from "../network/cell-network.js";
import type { TrainingItems } from "../training/study-stage.js";
import type { LikelihoodInputs } from "./cell-likelihood.js";
import { BOUND_BATCH, itemTypes, keptRows, overItems, type ItemInputs, type Measured } from "./measured.js";
import { cut, pixelNats, PIXELS } from "./pixel-cost.js";

/** A model of codes. */
export type CodeModel = CategoricalModel | AbsorbingModel;

/** What test images are as their codes decode: a function of the coder, the walk and its loop, and of no network. */
export interface DecodedCodes {
  readonly oracle: SetDistance;
  readonly meanSquaredError: number;
  readonly pixelNats: number;
}

/** Decodes the codes of test images, and of `known` training images for the distribution of pixels around decoded ones. */
export async function decodedCodes(
  model: CodeModel,
  measured: Measured,
  { train, test, meter }: LikelihoodInputs,
  known: number,
): Promise<DecodedCodes> {
  const means = await decoded(model, measured, train.items, known);
  const images = await decoded(model, measured, test.items, test.images.count);
  const clean = Float32Array.from(test.images.images, (value) => value / 255);
  return {
    oracle: await meter(images, test.images.labels!),
    meanSquaredError: psnr(clean, cut(images), PIXELS).meanSquaredError,
    pixelNats: pixelNats({ pixels: train.images.images, means }, { pixels: test.images.images, images }),
  };
}

/** [count, 784] */
async function decoded(
  model: CodeModel,
  measured: Measured,
  items: TrainingItems,
  count: number,
): Promise<Float32Array> {
  const images: Float32Array[] = [];
  const program = { name: "decoded", build: () => decodingProgram(model) };
  await overItems(measured, program, items, count, (outputs, kept) => {
    images.push(keptRows(outputs["images"], PIXELS, kept));
  });
  return concatenate(images);
}

/** `items`, `labels` -> `images`: the network, which does not bear on them, is dead code. */
function decodingProgram(model: CodeModel): Program {
  type Inputs = ItemInputs<CellParameters<LinearParameters>>;
  return traceTyped<Inputs>(itemTypes(model), ({ parameters, items, labels }) => {
    const states = model.domain.standardised(items);
    if (model.head === "categorical") return { images: model.scored(parameters, states, labels).images };
    const { sites, stages } = model.sampler;
    return { images: model.filled(parameters, states, labels, tf.ones([BOUND_BATCH, sites, stages])).images };
  });
}
