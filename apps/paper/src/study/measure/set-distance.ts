import type { ImageBatch } from "@nextscale/images";
import { roundToLevels, type FeatureNetwork } from "@nextscale/images";
import {
  accuracy,
  bootstrapInterval,
  fitFrechet,
  momentsOf,
  selectFeatures,
  unionOfMoments,
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

/** Images against test images, with what the same resamples gave for every set of this size: for differences of two sets. */
export interface ResampledDistance extends SetDistance {
  readonly resampled: {
    /** One for each resample. */
    readonly frechet: number[];
    readonly classAgreement: number[];
  };
}

/** A `SetMeter` that keeps its resamples. */
export type ResamplingMeter = (images: Float32Array, labels: ArrayLike<number>) => Promise<ResampledDistance>;

/** Blocks that a bootstrap draws from: moments of blocks add up, so a resample costs no more than its sum. */
const BLOCKS = 100;

/** A meter against the features of test images. Images are first rounded to 256 levels, as if saved and read again. */
export function setMeter(network: Pick<FeatureNetwork, "embed">, test: FeatureMatrix, resamples: number): SetMeter {
  const meter = resamplingMeter(network, test, resamples);
  return async (images, labels) => {
    const { count, frechet, standardError, classAgreement } = await meter(images, labels);
    return { count, frechet, standardError, classAgreement };
  };
}

/** Only the Fréchet distance, for comparisons that need no interval. */
export function frechetMeter(
  network: Pick<FeatureNetwork, "embed">,
  test: FeatureMatrix,
): (images: Float32Array) => Promise<number> {
  const metric = fitFrechet(momentsOf(test));
  return async (images) => metric.score(momentsOf((await embedded(network, images)).features)).distance;
}

/** Images as if saved and read again. */
function embedded(network: Pick<FeatureNetwork, "embed">, images: Float32Array) {
  const batch: ImageBatch = { data: images, count: images.length / (28 * 28), height: 28, width: 28, channels: 1 };
  return network.embed(roundToLevels(batch));
}

/** The same with its resamples: the n-th consists of the same places in all sets of a size. */
export function resamplingMeter(
  network: Pick<FeatureNetwork, "embed">,
  test: FeatureMatrix,
  resamples: number,
): ResamplingMeter {
  const metric = fitFrechet(momentsOf(test));
  return async (images, labels) => {
    const count = labels.length;
    const { features, predictions } = await embedded(network, images);
    const blocks = blocksOf(features.count);
    const moments = blocks.map((block) => momentsOf(selectFeatures(features, block)));
    const agreeing = blocks.map((block) => block.reduce((sum, i) => sum + Number(predictions[i] === labels[i]), 0));
    const frechet = metric.score(momentsOf(features)).distance;
    const resampled: { frechet: number[]; classAgreement: number[] } = { frechet: [], classAgreement: [] };
    const { standardError } = bootstrapInterval(
      blocks.length,
      (chosen) => {
        const times = new Uint32Array(blocks.length);
        for (const block of chosen) times[block]! += 1;
        const { distance } = metric.score(unionOfMoments(moments, times));
        const sum = (of: (block: number) => number) => chosen.reduce((total, block) => total + of(block), 0);
        resampled.frechet.push(distance);
        resampled.classAgreement.push(sum((block) => agreeing[block]!) / sum((block) => blocks[block]!.length));
        return distance;
      },
      { seed: 0, resamples },
    );
    // The first that a bootstrap asks for is the set itself.
    for (const figures of Object.values(resampled)) figures.shift();
    return { count, frechet, standardError, classAgreement: accuracy(predictions, labels), resampled };
  };
}

/** Blocks of consecutive samples, which are independent of each other, and of equal size but for the last ones. */
function blocksOf(count: number): readonly Int32Array[] {
  const number = Math.min(BLOCKS, count);
  return Array.from({ length: number }, (_, block) => {
    const first = Math.floor((block * count) / number);
    const last = Math.floor(((block + 1) * count) / number);
    return Int32Array.from({ length: last - first }, (_, i) => first + i);
  });
}
