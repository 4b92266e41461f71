import { featureMatrix, type FeatureMatrix } from "../../src/metrics/features.js";
import { normals as draw } from "../../src/random/distributions.js";
import { randomStream } from "../../src/random/stream.js";

/** Independent standard normal numbers, the same for the same seed. */
export function normals(count: number, seed: number): Float64Array {
  return Float64Array.from(draw(randomStream(seed, "test"), { items: 1, sites: 1, draws: count }));
}

/** Vectors with independent components N(shift, scale²). */
export function normalFeatures(count: number, dimension: number, seed: number, shift = 0, scale = 1): FeatureMatrix {
  return featureMatrix(
    normals(count * dimension, seed).map((value) => shift + scale * value),
    dimension,
  );
}

/** Applies `change` to every number of a set. */
export function mapFeatures(
  features: FeatureMatrix,
  change: (value: number, component: number) => number,
): FeatureMatrix {
  const { data, dimension } = features;
  return featureMatrix(
    Float64Array.from(data, (value, at) => change(value, at % dimension)),
    dimension,
  );
}

/** The vectors of a set turned by a fixed rotation, the product of rotations in the planes (k, k+1). */
export function rotateFeatures(features: FeatureMatrix, angle: number): FeatureMatrix {
  const { count, dimension } = features;
  const data = Float64Array.from(features.data);
  for (let row = 0; row < count; row++) {
    for (let k = row * dimension; k < (row + 1) * dimension - 1; k++) {
      const [x, y] = [data[k]!, data[k + 1]!];
      data[k] = Math.cos(angle) * x - Math.sin(angle) * y;
      data[k + 1] = Math.sin(angle) * x + Math.cos(angle) * y;
    }
  }
  return featureMatrix(data, dimension);
}
