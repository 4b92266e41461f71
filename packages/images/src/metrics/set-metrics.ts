import {
  concatenateFeatures,
  emptyMoments,
  featureMatrix,
  fitDensityCoverage,
  fitFrechet,
  fitKernelDistance,
  fitMemorisation,
  fitPca,
  mergeMoments,
  momentsOf,
  pcaTransform,
  selectFeatures,
  type FeatureMatrix,
  type MemorisationScore,
  type Pca,
} from "@nextscale/refinement-core";
import type { ImageDataset } from "../data/image-dataset.js";
import type { ImageBatch } from "../image-batch.js";
import { embedBatches, type FeatureNetwork } from "./feature-network.js";
import { imageBatches } from "./image-batches.js";
import type { DistanceScore, SetScore } from "./report.js";

/** A set of images as the metrics see it. */
export interface EmbeddedSet {
  /** Of the feature network. */
  readonly features: FeatureMatrix;
  /** Coordinates along the principal components of the training images' pixels. */
  readonly coordinates: FeatureMatrix;
}

/** Metrics fitted on a training and a test set. */
export interface SetMetrics {
  /** @throws NextscaleError `invalid-argument` for fewer than two images */
  distances(set: EmbeddedSet): DistanceScore;
  /** @throws NextscaleError `invalid-argument` for fewer images than two blocks of the kernel distance */
  score(set: EmbeddedSet): SetScore;
  memorisation(set: EmbeddedSet): MemorisationScore;
}

/** Principal components of pixels. */
const COMPONENTS = 64;

/** Training images whose components are taken: more would turn the axes less than another choice of images does. */
const PCA_IMAGES = 20_000;

/** Vectors in a block of the kernel distance, where there are enough of them; four blocks at least. */
const KERNEL_BLOCK = 1000;

/** Principal components of the pixels of training images. */
export function fitPixelPca(train: ImageDataset): Pca {
  const size = train.height * train.width * train.channels;
  let moments = emptyMoments(size);
  for (const batch of imageBatches(train, Math.min(train.count, PCA_IMAGES))) {
    moments = mergeMoments(moments, momentsOf(pixelsOf(batch)));
  }
  return fitPca(moments, Math.min(COMPONENTS, size));
}

/** Images as the metrics see them, with the classes that the network names. */
export async function embedSet(
  network: FeatureNetwork,
  pca: Pca,
  batches: Iterable<ImageBatch>,
): Promise<EmbeddedSet & { readonly predictions: Int32Array }> {
  const coordinates: FeatureMatrix[] = [];
  // Batches are seen once: their coordinates are taken as they pass by.
  const passing = function* (): Generator<ImageBatch> {
    for (const batch of batches) {
      coordinates.push(pcaTransform(pca, pixelsOf(batch)));
      yield batch;
    }
  };
  const embedded = await embedBatches(network, passing());
  return { ...embedded, coordinates: concatenateFeatures(coordinates) };
}

/** Some members of an embedded set. */
export function selectFrom({ features, coordinates }: EmbeddedSet, indices: Int32Array): EmbeddedSet {
  return { features: selectFeatures(features, indices), coordinates: selectFeatures(coordinates, indices) };
}

/**
 * Fits all metrics once; every set of images is then measured against the same test images.
 *
 * @throws NextscaleError `invalid-argument` for test sets too small for the metrics
 */
export function fitSetMetrics(train: EmbeddedSet, test: EmbeddedSet): SetMetrics {
  const frechet = fitFrechet(momentsOf(test.features));
  const pcaFrechet = fitFrechet(momentsOf(test.coordinates));
  const densityCoverage = fitDensityCoverage(test.features);
  const memorisation = fitMemorisation(train.coordinates, test.coordinates);
  const distances = ({ features, coordinates }: EmbeddedSet): DistanceScore => ({
    count: features.count,
    frechet: frechet.score(momentsOf(features)),
    pcaFrechet: pcaFrechet.score(momentsOf(coordinates)),
  });
  return {
    distances,
    score: (set) => {
      const smaller = Math.min(set.features.count, test.features.count);
      const blockSize = Math.min(KERNEL_BLOCK, Math.floor(smaller / 4));
      return {
        ...distances(set),
        kernel: fitKernelDistance(test.features, { blockSize }).score(set.features),
        densityCoverage: densityCoverage.score(set.features),
      };
    },
    memorisation: ({ coordinates }) => memorisation.score(coordinates),
  };
}

/** Images as vectors of pixels. */
function pixelsOf({ data, height, width, channels }: ImageBatch): FeatureMatrix {
  return featureMatrix(data, height * width * channels);
}
