import { NextscaleError } from "@nextscale/engine";
import { featureMatrix } from "../metrics/features.js";
import { momentsOf } from "../metrics/moments.js";
import { fitPca } from "../metrics/pca.js";
import type { HostTensor } from "../pyramid/host-tensor.js";
import type { TransformCodebook } from "./transform-quantiser.js";

/** A transform codebook and how often its levels occur. */
export interface FittedTransform {
  readonly codebook: TransformCodebook<HostTensor>;
  /** How often each level of each coordinate occurred [D, V]. */
  readonly counts: Float64Array;
  /** Standard deviation of each coordinate [D]. */
  readonly deviations: Float32Array;
}

/** Coordinates whose standard deviation is below this share of the step are left out: nearly all would be level 0. */
const LEAST_DEVIATION = 0.35;

/** Levels reach so many standard deviations of the widest coordinate. */
const REACH = 4.5;

/**
 * The Karhunen-Loeve transform of vectors and, for each of its coordinates, levels a step apart with the mean of what falls
 * on each as its centroid (Lloyd).
 *
 * @param vectors [N, n], row-major; rows that are to count more may be given more often
 * @throws NextscaleError `invalid-argument` for a step that is not positive, `invalid-data` when the vectors vary so little
 *   that nothing would be coded
 */
export function fitTransform(vectors: Float32Array, width: number, step: number): FittedTransform {
  const where = "refinement-core/fitTransform";
  if (!(step > 0 && step < Infinity)) {
    throw new NextscaleError({ code: "invalid-argument", where, expected: "a positive step", got: `${step}` });
  }
  const features = featureMatrix(vectors, width);
  const { count } = features;
  const pca = fitPca(momentsOf(features), width);
  const deviations = Array.from(pca.variances, Math.sqrt).filter((deviation) => deviation >= LEAST_DEVIATION * step);
  const dimensions = deviations.length;
  if (dimensions === 0) {
    throw new NextscaleError({
      code: "invalid-data",
      where,
      expected: `vectors that vary by at least ${LEAST_DEVIATION * step} in some direction`,
      got: `${Math.sqrt(pca.variances[0]!)} at most`,
      fix: "take a smaller step",
    });
  }
  const middle = Math.max(1, Math.ceil((REACH * deviations[0]!) / step));
  const levels = 2 * middle + 1;
  const axes = Float32Array.from(pca.axes.subarray(0, dimensions * width));
  const counts = new Float64Array(dimensions * levels);
  const sums = new Float64Array(dimensions * levels);
  for (let row = 0; row < count; row++) {
    for (let d = 0; d < dimensions; d++) {
      let coordinate = 0;
      for (let i = 0; i < width; i++) coordinate += axes[d * width + i]! * vectors[row * width + i]!;
      const level = Math.min(levels - 1, Math.max(0, Math.round(coordinate / step) + middle));
      counts[d * levels + level]! += 1;
      sums[d * levels + level]! += coordinate;
    }
  }
  // A level that never occurred stands for its own place.
  const centroids = Float32Array.from(counts, (n, at) => (n > 0 ? sums[at]! / n : ((at % levels) - middle) * step));
  return {
    codebook: {
      axes: { shape: [dimensions, width], data: axes },
      centroids: { shape: [dimensions, levels], data: centroids },
    },
    counts,
    deviations: Float32Array.from(deviations),
  };
}
