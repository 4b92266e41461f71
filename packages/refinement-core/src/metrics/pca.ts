import { NextscaleError } from "@nextscale/engine";
import { forEachDotTile, TILE, toPanel } from "./dot-tiles.js";
import { requireDimension, type FeatureMatrix } from "./features.js";
import { covarianceOf, type FeatureMoments } from "./moments.js";
import { symmetricEigen } from "./symmetric-eigen.js";

/** Principal components of a set of vectors of dimension d, largest variance first. */
export interface Pca {
  readonly dimension: number;
  /** Number of components kept, k. */
  readonly components: number;
  /** d numbers. */
  readonly mean: Float64Array;
  /** k x d, row-major, orthonormal rows; in each row the entry of largest magnitude is positive. */
  readonly axes: Float64Array;
  /** Unbiased variance along each axis, k numbers. */
  readonly variances: Float64Array;
}

/**
 * Principal component analysis by eigendecomposition of the unbiased covariance.
 *
 * @throws NextscaleError `invalid-argument` when more components are asked for than there are dimensions
 */
export function fitPca(moments: FeatureMoments, components: number): Pca {
  const { dimension } = moments;
  if (!Number.isInteger(components) || components < 1 || components > dimension) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "metrics/pca",
      expected: `1 to ${dimension} components`,
      got: `${components}`,
    });
  }
  const { values, vectors } = symmetricEigen(covarianceOf(moments), dimension);
  const axes = new Float64Array(components * dimension);
  const variances = new Float64Array(components);
  for (let component = 0; component < components; component++) {
    const column = dimension - 1 - component;
    variances[component] = Math.max(0, values[column]!);
    const axis = vectors.getColumn(column);
    // An eigenvector's sign is arbitrary; fixing it makes the coordinates the same on every machine.
    const largest = axis.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    for (let k = 0; k < dimension; k++) axes[component * dimension + k] = largest < 0 ? -axis[k]! : axis[k]!;
  }
  return { dimension, components, mean: moments.mean, axes, variances };
}

/**
 * Coordinates along the principal axes: (x − mean) · axesᵀ, n x k.
 *
 * @throws NextscaleError `shape` for vectors of another dimension
 */
export function pcaTransform(pca: Pca, features: FeatureMatrix): FeatureMatrix {
  requireDimension("metrics/pca", features, pca.dimension);
  const { components } = pca;
  const axes = toPanel({ data: pca.axes, count: components, dimension: pca.dimension });
  const data = new Float64Array(features.count * components);
  forEachDotTile(toPanel(features, pca.mean), axes, (tile) => {
    for (let i = 0; i < tile.rowCount; i++) {
      const out = (tile.rowStart + i) * components + tile.columnStart;
      for (let j = 0; j < tile.columnCount; j++) data[out + j] = tile.products[i * TILE + j]!;
    }
  });
  return { data, count: features.count, dimension: components };
}

/**
 * The vectors that given coordinates stand for: mean + z · axes, n x d. With `pcaTransform` first, the best linear
 * reconstruction from k numbers.
 *
 * @throws NextscaleError `shape` for coordinates of another number of components
 */
export function pcaReconstruct(pca: Pca, coordinates: FeatureMatrix): FeatureMatrix {
  requireDimension("metrics/pca", coordinates, pca.components);
  const { dimension, components, mean, axes } = pca;
  const data = new Float64Array(coordinates.count * dimension);
  for (let row = 0; row < coordinates.count; row++) {
    const out = data.subarray(row * dimension, (row + 1) * dimension);
    out.set(mean);
    for (let component = 0; component < components; component++) {
      const coordinate = coordinates.data[row * components + component]!;
      for (let k = 0; k < dimension; k++) out[k]! += coordinate * axes[component * dimension + k]!;
    }
  }
  return { data, count: coordinates.count, dimension };
}
