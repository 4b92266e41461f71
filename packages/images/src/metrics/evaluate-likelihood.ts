import {
  calibrationOf,
  decoderNats,
  emptyReliability,
  fitDecoder,
  fitUnigram,
  observePrediction,
  twoPartBitsPerDim,
  unigramCrossEntropy,
  type CalibrationScore,
} from "@nextscale/refinement-core";
import type { ImageDataset } from "../data/image-dataset.js";
import type { ImageBatch } from "../image-batch.js";
import type { CodeScores } from "../model/image-model.js";
import { fitHistogramDecoder, histogramDecoderNats } from "./histogram-decoder.js";
import type { LikelihoodReport } from "./report.js";

/**
 * Calibration of the code probabilities of each scale, from the most probable code at each site.
 *
 * @throws NextscaleError `invalid-data` for a confidence outside [0, 1]
 */
export function codeCalibration(
  { confidence, correct }: Pick<CodeScores, "confidence" | "correct">,
  scales: readonly { readonly sites: number }[],
): readonly CalibrationScore[] {
  const scaleOfSite = scales.flatMap(({ sites }, k) => new Array<number>(sites).fill(k));
  const bins = scales.map(() => emptyReliability());
  confidence.forEach((value, at) => {
    observePrediction(bins[scaleOfSite[at % scaleOfSite.length]!]!, value, correct[at] === 1);
  });
  return bins.map(calibrationOf);
}

/** The first images of a training set with what the tokeniser makes of them: what the decoders are fitted on. */
export interface KnownReconstructions {
  readonly pixels: Uint8Array;
  readonly means: Float32Array;
}

/** Images from which one scale of a logistic density is fitted: 100,000 pixels fix it to about 1 %. */
const LOGISTIC_IMAGES = 400;

/**
 * What it costs to say which class each test image has, in nats per image, when classes are as frequent as among the
 * training images (one added to every count). A model of images given their class is one of images with it: p(x) is
 * at least p(class) p(x | class).
 */
export function labelCost(train: Pick<ImageDataset, "labels" | "classes">, test: Pick<ImageDataset, "labels">): number {
  const scales = [{ sites: 1 }];
  const frequencies = fitUnigram(train.labels!, scales, train.classes.length);
  return unigramCrossEntropy(frequencies, test.labels!, scales)[0]!;
}

/**
 * Cost of test images when class, codes and pixels are sent, one after the other.
 *
 * @param codeNats cost of class and codes, nats per image
 * @throws NextscaleError `shape` when reconstructions and images differ in number
 */
export function twoPartCosts(
  known: KnownReconstructions,
  test: ImageDataset,
  reconstructions: ImageBatch,
  codeNats: number,
): Pick<LikelihoodReport, "twoPartBits" | "binaryNats"> {
  const dimensions = test.height * test.width * test.channels;
  const fitted = LOGISTIC_IMAGES * dimensions;
  const logistic = fitDecoder("logistic", known.pixels.subarray(0, fitted), known.means.subarray(0, fitted));
  const perImage = decoderNats(logistic, test.images, reconstructions.data, dimensions);
  const logisticNats = perImage.reduce((sum, nats) => sum + nats, 0) / test.count;

  const histogram = fitHistogramDecoder(known.pixels, known.means);
  const { levels, binary } = histogramDecoderNats(histogram, test.images, reconstructions.data, dimensions);
  return {
    twoPartBits: {
      logistic: twoPartBitsPerDim(codeNats, logisticNats, dimensions),
      histogram: twoPartBitsPerDim(codeNats, levels, dimensions),
    },
    binaryNats: codeNats + binary,
  };
}
