import { NextscaleError } from "@nextscale/engine";
import { gatherRows } from "../arrays.js";

/**
 * A set of feature vectors, row-major: vector i is `data[i*dimension .. (i+1)*dimension)`.
 *
 * What a feature is, is the caller's choice: the activations of a frozen network, pixels, their principal components.
 */
export interface FeatureMatrix {
  readonly data: Float32Array | Float64Array;
  /** Number of vectors, n. */
  readonly count: number;
  /** Numbers in one vector, d. */
  readonly dimension: number;
}

/**
 * Views a flat array as feature vectors.
 *
 * @throws NextscaleError `shape` when the array is not a whole number of vectors
 */
export function featureMatrix(data: Float32Array | Float64Array, dimension: number): FeatureMatrix {
  if (!Number.isInteger(dimension) || dimension < 1 || data.length % dimension !== 0) {
    throw new NextscaleError({
      code: "shape",
      where: "metrics/features",
      expected: `a whole number of vectors of ${dimension} numbers`,
      got: `${data.length} numbers`,
      fix: "pass the flat array of all vectors and the length of one vector",
    });
  }
  return { data, count: data.length / dimension, dimension };
}

/**
 * One matrix of the vectors of all batches, in order.
 *
 * @throws NextscaleError `shape` for no batch at all or batches of different dimensions
 */
export function concatenateFeatures(batches: readonly FeatureMatrix[]): FeatureMatrix {
  const [first] = batches;
  if (first === undefined) {
    throw new NextscaleError({
      code: "shape",
      where: "metrics/features",
      expected: "at least one batch of feature vectors",
      got: "none",
    });
  }
  let length = 0;
  for (const batch of batches) {
    requireDimension("metrics/features", batch, first.dimension);
    length += batch.data.length;
  }
  const data = batches.every(({ data }) => data instanceof Float32Array)
    ? new Float32Array(length)
    : new Float64Array(length);
  let offset = 0;
  for (const batch of batches) {
    data.set(batch.data, offset);
    offset += batch.data.length;
  }
  return featureMatrix(data, first.dimension);
}

/** Some vectors of a set, in the order of the indices. */
export function selectFeatures({ data, dimension }: FeatureMatrix, indices: ArrayLike<number>): FeatureMatrix {
  return featureMatrix(gatherRows(data, dimension, indices), dimension);
}

/** Refuses a set of another dimension than the reference's, or whose array is not what its counts say. */
export function requireDimension(where: string, features: FeatureMatrix, dimension: number): void {
  const { data, count } = features;
  if (features.dimension !== dimension || data.length !== count * dimension) {
    throw new NextscaleError({
      code: "shape",
      where,
      expected: `feature vectors of dimension ${dimension}`,
      got: `${count} vectors of dimension ${features.dimension} in ${data.length} numbers`,
      fix: "take both sets from the same feature network",
    });
  }
}

/** Refuses a set too small for the statistic asked of it. */
export function requireCount(where: string, what: string, count: number, least: number): void {
  if (count < least) {
    throw new NextscaleError({
      code: "invalid-argument",
      where,
      expected: `at least ${least} ${what}`,
      got: `${count}`,
    });
  }
}
