import type { ImageBatch } from "@nextscale/images";
import { roundToLevels, type FeatureNetwork } from "@nextscale/images";
import {
  accuracy,
  bootstrapInterval,
  emptyMoments,
  fitFrechet,
  mergeMoments,
  momentsOf,
  selectFeatures,
  type FeatureMatrix,
} from "@nextscale/refinement-core";

/** Images against test images. */
export interface SetDistance {
  readonly count: number;
  /** Fréchet distance in the features of the LeNet. */
  readonly frechet: number;
  /** Of it, by a bootstrap over images. */
  readonly standardError: number;
  /** Share in which the LeNet sees the class that was asked for. */
  readonly classAgreement: number;
}

/** Measures sets of images [count, 28, 28, 1] with the classes they are to have. */
export type SetMeter = (images: Float32Array, labels: ArrayLike<number>) => Promise<SetDistance>;

/** Blocks that a bootstrap draws from: moments of blocks add up, so a resample costs no more than its sum. */
const BLOCKS = 100;

/** A meter against the features of test images. Images are first rounded to 256 levels, as if saved and read again. */
export function setMeter(network: Pick<FeatureNetwork, "embed">, test: FeatureMatrix, resamples: number): SetMeter {
  const metric = fitFrechet(momentsOf(test));
  return async (images, labels) => {
    const count = labels.length;
    const batch: ImageBatch = { data: images, count, height: 28, width: 28, channels: 1 };
    const { features, predictions } = await network.embed(roundToLevels(batch));
    const blocks = blocksOf(features);
    const frechet = metric.score(momentsOf(features)).distance;
    const { standardError } = bootstrapInterval(
      blocks.length,
      (chosen) => {
        const all = chosen.reduce((sum, block) => mergeMoments(sum, blocks[block]!), emptyMoments(features.dimension));
        return metric.score(all).distance;
      },
      { seed: 0, resamples },
    );
    return { count, frechet, standardError, classAgreement: accuracy(predictions, labels) };
  };
}

/** Moments of blocks of consecutive samples, which are independent of each other, and of equal size but for the last ones. */
function blocksOf(features: FeatureMatrix) {
  const number = Math.min(BLOCKS, features.count);
  return Array.from({ length: number }, (_, block) => {
    const first = Math.floor((block * features.count) / number);
    const last = Math.floor(((block + 1) * features.count) / number);
    return momentsOf(
      selectFeatures(
        features,
        Int32Array.from({ length: last - first }, (_, i) => first + i),
      ),
    );
  });
}
