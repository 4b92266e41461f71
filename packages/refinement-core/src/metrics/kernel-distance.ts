import { NextscaleError } from "@nextscale/engine";
import { permutation } from "../random/integers.js";
import { randomStream } from "../random/stream.js";
import { forEachDotTile, TILE, toPanel, type Panel } from "./dot-tiles.js";
import { requireCount, requireDimension, selectFeatures, type FeatureMatrix } from "./features.js";

/** A kernel distance with the uncertainty of its estimate. */
export interface KernelDistanceScore {
  /** Unbiased estimate of the squared maximum mean discrepancy; near zero it may be negative. */
  readonly distance: number;
  /** Standard deviation of the blocks' estimates over the square root of their number. */
  readonly standardError: number;
  readonly blocks: number;
}

/** A kernel distance fitted on a reference set. */
export interface KernelDistanceMetric {
  /** @throws NextscaleError `shape` for another dimension, `invalid-argument` for fewer than two blocks of samples */
  score(samples: FeatureMatrix): KernelDistanceScore;
}

/**
 * Kernel distance with k(x, y) = (x·y/d + 1)³ (KID; Bińkowski et al. 2018), the unbiased estimate by disjoint blocks.
 *
 * Both sets are shuffled once and cut into blocks; each pair of blocks gives an unbiased estimate. The blocks share no
 * vector, so their spread is an honest standard error, which that of overlapping random subsets is not.
 *
 * @param options.blockSize vectors in a block, 1000 unless told
 * @param options.seed of the shuffle
 * @throws NextscaleError `invalid-argument` for fewer than two blocks of reference vectors
 */
export function fitKernelDistance(
  reference: FeatureMatrix,
  options: { readonly blockSize?: number; readonly seed?: number } = {},
): KernelDistanceMetric {
  const { blockSize = 1000, seed = 0 } = options;
  if (!Number.isInteger(blockSize) || blockSize < 2) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "metrics/kernel-distance",
      expected: "a block size of at least 2",
      got: `${blockSize}`,
    });
  }
  const blocksOf = (features: FeatureMatrix, item: number): Panel[] => {
    requireDimension("metrics/kernel-distance", features, reference.dimension);
    requireCount("metrics/kernel-distance", `vectors (two blocks of ${blockSize})`, features.count, 2 * blockSize);
    const order = permutation(randomStream(seed, "metrics/kernel-distance"), features.count, { item });
    return Array.from({ length: Math.floor(features.count / blockSize) }, (_, block) =>
      toPanel(selectFeatures(features, order.subarray(block * blockSize, (block + 1) * blockSize))),
    );
  };
  const referenceBlocks = blocksOf(reference, 0);
  const referenceMeans = referenceBlocks.map(meanKernelWithin);

  return {
    score(samples) {
      const sampleBlocks = blocksOf(samples, 1);
      const blocks = Math.min(referenceBlocks.length, sampleBlocks.length);
      const estimates = Array.from({ length: blocks }, (_, block) => {
        const sample = sampleBlocks[block]!;
        const across = meanKernelBetween(referenceBlocks[block]!, sample);
        return finite(referenceMeans[block]! + meanKernelWithin(sample) - 2 * across);
      });
      const distance = estimates.reduce((sum, value) => sum + value, 0) / blocks;
      const squares = estimates.reduce((sum, value) => sum + (value - distance) ** 2, 0);
      return { distance, standardError: Math.sqrt(squares / (blocks - 1) / blocks), blocks };
    },
  };
}

/**
 * The unbiased estimate over all pairs at once, Σ_{i≠j} k(xᵢ,xⱼ)/(n(n−1)) + Σ_{i≠j} k(yᵢ,yⱼ)/(m(m−1)) − 2 Σ k(xᵢ,yⱼ)/(nm)
 * (Gretton et al. 2012, Lemma 6), for sets too small for blocks.
 *
 * @throws NextscaleError `shape` for different dimensions, `invalid-argument` for fewer than two vectors in a set
 */
export function unbiasedKernelDistance(a: FeatureMatrix, b: FeatureMatrix): number {
  requireDimension("metrics/kernel-distance", b, a.dimension);
  requireCount("metrics/kernel-distance", "vectors in each set", Math.min(a.count, b.count), 2);
  const [x, y] = [toPanel(a), toPanel(b)];
  return finite(meanKernelWithin(x) + meanKernelWithin(y) - 2 * meanKernelBetween(x, y));
}

/** Mean of k(x, y) over all pairs of two sets. */
function meanKernelBetween(x: Panel, y: Panel): number {
  let sum = 0;
  forEachDotTile(x, y, ({ rowCount, columnCount, products }) => {
    for (let i = 0; i < rowCount; i++) {
      for (let j = 0; j < columnCount; j++) sum += cubic(products[i * TILE + j]!, x.depth);
    }
  });
  return sum / (x.count * y.count);
}

/** Mean of k(x, x') over the pairs of two different members. */
function meanKernelWithin(x: Panel): number {
  let above = 0;
  const visit: Parameters<typeof forEachDotTile>[2] = ({ rowStart, rowCount, columnStart, columnCount, products }) => {
    for (let i = 0; i < rowCount; i++) {
      for (let j = Math.max(0, rowStart + i + 1 - columnStart); j < columnCount; j++) {
        above += cubic(products[i * TILE + j]!, x.depth);
      }
    }
  };
  forEachDotTile(x, x, visit, "upper");
  return (2 * above) / (x.count * (x.count - 1));
}

function cubic(product: number, dimension: number): number {
  const base = product / dimension + 1;
  return base * base * base;
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new NextscaleError({
    code: "invalid-data",
    where: "metrics/kernel-distance",
    expected: "finite features",
    got: "NaN or infinity",
  });
}
