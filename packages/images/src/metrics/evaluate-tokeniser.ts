import {
  countCodes,
  featureMatrix,
  pcaReconstruct,
  pcaTransform,
  psnr,
  quantiserDiagnostics,
  type Pca,
} from "@nextscale/refinement-core";
import type { ImageDataset } from "../data/image-dataset.js";
import type { ImageBatch } from "../image-batch.js";
import { imagesAt } from "../data/images-at.js";
import type { EvaluatedModel } from "./evaluated-model.js";
import { imageBatches } from "./image-batches.js";
import type { ScaleCodes } from "./model-codes.js";
import type { CodebookUse, TokeniserReport } from "./report.js";

/** Use of the codes at each scale, given the codes of some images: for each scale int32 [count, sites]. */
export function codebookUse({ config }: Pick<EvaluatedModel, "config">, codes: ScaleCodes): readonly CodebookUse[] {
  const { scales, vocabulary } = config.tokeniser;
  const diagnostics = quantiserDiagnostics(scales.map(() => vocabulary));
  codes.forEach((scale, k) => diagnostics.observe(k, { hits: countCodes(scale, vocabulary) }));
  return diagnostics
    .scales()
    .map(({ usage, perplexity, dead }, k) => ({ sites: scales[k]! ** 2, usage, perplexity, dead }));
}

/** Errors of reconstructed test images beside those of the mean training image and of the best linear reconstruction. */
export function reconstructionErrors(
  test: ImageDataset,
  reconstructions: ImageBatch,
  pca: Pca,
): Pick<TokeniserReport, "meanSquaredError" | "psnrOfMeanError" | "meanPsnr" | "floors"> {
  const size = pca.dimension;
  let meanError = 0;
  let linearError = 0;
  for (const batch of imageBatches(test)) {
    const pixels = featureMatrix(batch.data, size);
    const linear = pcaReconstruct(pca, pcaTransform(pca, pixels));
    batch.data.forEach((value, at) => {
      meanError += (value - pca.mean[at % size]!) ** 2;
      linearError += (value - linear.data[at]!) ** 2;
    });
  }
  return {
    ...psnr(imagesAt(test, 0, test.count), reconstructions.data, size),
    floors: {
      meanImage: meanError / test.images.length,
      linear: { numbers: pca.components, meanSquaredError: linearError / test.images.length },
    },
  };
}
