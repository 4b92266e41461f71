import {
  emptyMoments,
  featureMatrix,
  fitPca,
  hostTensor,
  mergeMoments,
  momentsOf,
  untilSignalsAreSeen,
  type FeatureMoments,
  type HostTensor,
  type Pca,
} from "@nextscale/refinement-core";
import { pixelsAt, type DigitSet } from "../data/digits.js";

/** An affine map of rows, x W + b. */
export interface LinearFilter {
  readonly weight: HostTensor;
  readonly bias: HostTensor;
}

/**
 * The linear denoiser of least mean squared error (Wiener): mean + A diag(v/(v + sigma²)) Aᵀ (x − mean), A the principal axes and v their
 * variances. No linear map of noisy images does better on images of these moments.
 */
export function linearFilter({ dimension, components, mean, axes, variances }: Pca, sigma: number): LinearFilter {
  const weight = new Float64Array(dimension * dimension);
  for (let component = 0; component < components; component++) {
    const variance = variances[component]!;
    const gain = variance / (variance + sigma * sigma);
    const axis = axes.subarray(component * dimension, (component + 1) * dimension);
    for (let i = 0; i < dimension; i++) {
      const scaled = gain * axis[i]!;
      if (scaled === 0) continue;
      for (let j = 0; j < dimension; j++) weight[i * dimension + j]! += scaled * axis[j]!;
    }
  }
  const bias = Float32Array.from(mean, (value, j) => {
    let kept = 0;
    for (let i = 0; i < dimension; i++) kept += mean[i]! * weight[i * dimension + j]!;
    return value - kept;
  });
  return { weight: hostTensor([dimension, dimension], Float32Array.from(weight)), bias: hostTensor([dimension], bias) };
}

/** Images whose moments are taken at a time. */
const CHUNK = 500;

/** Principal components of a set of images, as many as there are pixels. */
export async function digitComponents(digits: DigitSet, signal?: AbortSignal): Promise<Pca> {
  let moments: FeatureMoments = emptyMoments(digits.bytes.length / digits.count);
  for (let first = 0; first < digits.count; first += CHUNK) {
    const items = Int32Array.from({ length: Math.min(CHUNK, digits.count - first) }, (_, i) => first + i);
    moments = mergeMoments(moments, momentsOf(featureMatrix(pixelsAt(digits, items), moments.dimension)));
    await untilSignalsAreSeen();
    signal?.throwIfAborted();
  }
  return fitPca(moments, moments.dimension);
}
