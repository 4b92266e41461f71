import { featureMatrix, pcaReconstruct, pcaTransform, psnr, type Pca, type Unigram } from "@nextscale/refinement-core";
import type { ImageDataset } from "../data/image-dataset.js";
import type { ImageBatch } from "../image-batch.js";
import { imagesAt } from "../training/batches.js";
import { imageBatches } from "./image-batches.js";
import type { CodebookUse, TokeniserReport } from "./report.js";

/**
 * Use of the codes at each scale.
 *
 * @param unigram counted without pseudocounts
 */
export function codebookUse(unigram: Unigram, scales: readonly { readonly sites: number }[]): readonly CodebookUse[] {
  return scales.map(({ sites }, k) => {
    const shares = unigram.probabilities[k]!;
    return {
      sites,
      usage: shares.filter((share) => share > 0).length / shares.length,
      perplexity: Math.exp(unigram.entropy[k]!),
    };
  });
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
