import { featureMatrix, pcaReconstruct, type Pca } from "@nextscale/refinement-core";

/**
 * Draws of the normal distribution with the mean and covariance that a principal component analysis found.
 *
 * @param noise standard normal numbers, [count, components]
 * @returns [count, dimension]
 */
export function normalImages(pca: Pca, noise: Float32Array): Float32Array {
  const { components, variances } = pca;
  const scaled = noise.map((value, at) => value * Math.sqrt(variances[at % components]!));
  return Float32Array.from(pcaReconstruct(pca, featureMatrix(scaled, components)).data);
}
