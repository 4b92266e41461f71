import type { FeatureMatrix } from "./features.js";
import { fitFrechet, type FrechetScore } from "./frechet.js";
import { momentsOf, type FeatureMoments } from "./moments.js";
import { fitPca, pcaTransform, type Pca } from "./pca.js";

/** A Fréchet distance in the principal subspace of a reference set. */
export interface PcaFrechetMetric {
  readonly pca: Pca;
  /** @throws NextscaleError `shape` for another dimension, `invalid-argument` for fewer than two samples */
  score(samples: FeatureMatrix): FrechetScore;
}

/**
 * Fréchet distance between the first principal components of the reference and the samples' coordinates along them.
 *
 * On raw pixels this is a distance without any classifier, which anyone can reproduce. The axes are the reference's, so
 * the distance is not symmetric, and what samples do outside its subspace is not seen.
 *
 * @param reference moments of the raw vectors (pixels), of at least two of them
 * @throws NextscaleError `invalid-argument` when more components are asked for than there are dimensions
 */
export function fitPcaFrechet(reference: FeatureMoments, components = 64): PcaFrechetMetric {
  const pca = fitPca(reference, components);
  // In its own principal coordinates the reference has mean zero and a diagonal covariance.
  const scatter = new Float64Array(components * components);
  pca.variances.forEach((variance, i) => (scatter[i * components + i] = variance * (reference.count - 1)));
  const frechet = fitFrechet({
    count: reference.count,
    dimension: components,
    mean: new Float64Array(components),
    scatter,
  });
  return { pca, score: (samples) => frechet.score(momentsOf(pcaTransform(pca, samples))) };
}
