import { NextscaleError } from "@nextscale/engine";
import { forEachDotTile, TILE } from "./dot-tiles.js";
import { requireCount, requireDimension, type FeatureMatrix } from "./features.js";

/**
 * Count, mean and scatter of a set of vectors: all that a Fréchet distance or a principal component analysis needs.
 *
 * Moments of parts merge into the moments of the whole, so features need never be held together: take the moments of
 * each batch and fold them with `mergeMoments`, from `emptyMoments`.
 */
export interface FeatureMoments {
  readonly count: number;
  readonly dimension: number;
  /** d numbers. */
  readonly mean: Float64Array;
  /** Sum over the vectors of (x − mean)(x − mean)ᵀ, d x d, symmetric. */
  readonly scatter: Float64Array;
}

/** Vectors centred and transposed at a time: 256 doubles of each component keep two tiles' panels in cache. */
const CHUNK = 256;

/** The moments of no vector: the neutral element of `mergeMoments`. */
export function emptyMoments(dimension: number): FeatureMoments {
  return { count: 0, dimension, mean: new Float64Array(dimension), scatter: new Float64Array(dimension * dimension) };
}

/**
 * Moments of one batch, in two passes and double precision.
 *
 * @throws NextscaleError `invalid-data` when a feature is NaN or infinite
 */
export function momentsOf(features: FeatureMatrix): FeatureMoments {
  const { data, count, dimension } = features;
  requireDimension("metrics/moments", features, dimension);
  if (count === 0) return emptyMoments(dimension);
  const mean = new Float64Array(dimension);
  for (let row = 0; row < count; row++) {
    for (let k = 0; k < dimension; k++) mean[k]! += data[row * dimension + k]!;
  }
  for (let k = 0; k < dimension; k++) mean[k]! /= count;
  requireFinite(mean);

  const scatter = new Float64Array(dimension * dimension);
  const transposed = new Float64Array(Math.ceil(dimension / TILE) * TILE * CHUNK);
  const panel = { data: transposed, count: dimension, depth: CHUNK };
  for (let start = 0; start < count; start += CHUNK) {
    const rows = Math.min(CHUNK, count - start);
    for (let k = 0; k < dimension; k++) {
      for (let row = 0; row < rows; row++) {
        transposed[k * CHUNK + row] = data[(start + row) * dimension + k]! - mean[k]!;
      }
      transposed.fill(0, k * CHUNK + rows, (k + 1) * CHUNK);
    }
    forEachDotTile(panel, panel, (tile) => addTile(scatter, dimension, tile), "upper");
  }
  for (let i = 0; i < dimension; i++) {
    for (let j = 0; j < i; j++) scatter[i * dimension + j] = scatter[j * dimension + i]!;
  }
  return { count, dimension, mean, scatter };
}

function addTile(scatter: Float64Array, dimension: number, tile: Parameters<Parameters<typeof forEachDotTile>[2]>[0]) {
  for (let i = 0; i < tile.rowCount; i++) {
    const out = (tile.rowStart + i) * dimension + tile.columnStart;
    for (let j = 0; j < tile.columnCount; j++) scatter[out + j]! += tile.products[i * TILE + j]!;
  }
}

/**
 * Moments of the union of two sets (Chan, Golub, LeVeque 1979, the pairwise update).
 *
 * @throws NextscaleError `shape` when the dimensions differ
 */
export function mergeMoments(a: FeatureMoments, b: FeatureMoments): FeatureMoments {
  requireSameDimension("metrics/moments", a, b);
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const { dimension } = a;
  const count = a.count + b.count;
  const difference = new Float64Array(dimension);
  const mean = new Float64Array(dimension);
  for (let k = 0; k < dimension; k++) {
    difference[k] = b.mean[k]! - a.mean[k]!;
    mean[k] = a.mean[k]! + (difference[k]! * b.count) / count;
  }
  const weight = (a.count * b.count) / count;
  const scatter = new Float64Array(dimension * dimension);
  for (let i = 0; i < dimension; i++) {
    for (let j = 0; j < dimension; j++) {
      const at = i * dimension + j;
      scatter[at] = a.scatter[at]! + b.scatter[at]! + difference[i]! * difference[j]! * weight;
    }
  }
  return { count, dimension, mean, scatter };
}

/**
 * Moments of the union of several sets, each of which is in it so many times as is told: `mergeMoments` of them all, without the
 * moments in between.
 *
 * @param times whole, one for each set
 * @throws NextscaleError `shape` when the dimensions differ
 */
export function unionOfMoments(parts: readonly FeatureMoments[], times: ArrayLike<number>): FeatureMoments {
  const dimension = parts[0]?.dimension ?? 0;
  for (const part of parts) requireSameDimension("metrics/moments", parts[0]!, part);
  const counts = parts.map((part, at) => part.count * times[at]!);
  const count = counts.reduce((sum, own) => sum + own, 0);
  if (count === 0) return emptyMoments(dimension);
  const mean = new Float64Array(dimension);
  parts.forEach((part, at) => {
    for (let k = 0; k < dimension; k++) mean[k]! += (part.mean[k]! * counts[at]!) / count;
  });
  const scatter = new Float64Array(dimension * dimension);
  parts.forEach((part, at) => {
    if (counts[at] === 0) return;
    const difference = part.mean.map((value, k) => value - mean[k]!);
    for (let i = 0; i < dimension; i++) {
      const along = difference[i]! * counts[at]!;
      const row = i * dimension;
      for (let j = 0; j <= i; j++) scatter[row + j]! += part.scatter[row + j]! * times[at]! + along * difference[j]!;
    }
  });
  for (let i = 0; i < dimension; i++) {
    for (let j = 0; j < i; j++) scatter[j * dimension + i] = scatter[i * dimension + j]!;
  }
  return { count, dimension, mean, scatter };
}

/**
 * Unbiased covariance, scatter / (n − 1), d x d.
 *
 * @throws NextscaleError `invalid-argument` for fewer than two vectors
 */
export function covarianceOf(moments: FeatureMoments): Float64Array {
  requireCount("metrics/moments", "feature vectors for a covariance", moments.count, 2);
  return moments.scatter.map((value) => value / (moments.count - 1));
}

/** Refuses moments of two different feature spaces. */
export function requireSameDimension(where: string, a: FeatureMoments, b: FeatureMoments): void {
  if (a.dimension !== b.dimension) {
    throw new NextscaleError({
      code: "shape",
      where,
      expected: `moments of dimension ${a.dimension}`,
      got: `dimension ${b.dimension}`,
      fix: "take both sets from the same feature network",
    });
  }
}

function requireFinite(mean: Float64Array): void {
  const at = mean.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    throw new NextscaleError({
      code: "invalid-data",
      where: "metrics/moments",
      expected: "finite features",
      got: `NaN or infinity in component ${at}`,
    });
  }
}
