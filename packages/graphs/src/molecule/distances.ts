import { fitFrechetDescriptors, fitFrechetMorgan } from "./frechet-molecules.js";
import { fitKlScore } from "./kl-score.js";
import { firstOfEach, type MoleculeProfile } from "./profile.js";
import { scaffoldSimilarity } from "./scaffold-similarity.js";
import { fitSimilarity, innerSimilarity } from "./similarity.js";

/** How far the distribution of some molecules is from that of a reference. */
export interface MoleculeDistances {
  /** Fréchet distance on 43 standardised descriptors; 0 is best. Not FCD. */
  readonly frechetDescriptors: number;
  /** Fréchet distance on projected Morgan fingerprints; 0 is best. Not FCD. */
  readonly frechetMorgan: number;
  /** Squared discrepancy under the Tanimoto kernel; 0 is best. */
  readonly tanimotoMmd: { readonly unbiased: number; readonly biased: number };
  /** Cosine of scaffold counts; 1 is best. */
  readonly scaffoldSimilarity: number;
  /** GuacaMol's KL score without BertzCT; 1 is best. */
  readonly klScore: number;
  /** Mean similarity with the nearest reference molecule (SNN). */
  readonly nearestNeighbour: number;
  /** Internal diversity of the molecules themselves, by MOSES, with p = 1 and 2. */
  readonly internalDiversity: readonly [number, number];
}

/** Distances from a reference. */
export interface DistancesMetric {
  /** Null of fewer than two different molecules. */
  score(molecules: MoleculeProfile): MoleculeDistances | null;
}

/**
 * Fits all distances on a reference.
 *
 * @param training what descriptors are standardised by
 */
export function fitDistances(training: MoleculeProfile, reference: MoleculeProfile): DistancesMetric {
  const descriptors = fitFrechetDescriptors(training, reference);
  const morgan = fitFrechetMorgan(reference);
  const similarity = fitSimilarity(reference.fingerprints);
  const kl = fitKlScore(reference);
  return {
    score(molecules) {
      if (firstOfEach(molecules.smiles).length < 2) return null;
      const inner = innerSimilarity(molecules.fingerprints);
      const { mmdUnbiased, mmdBiased, nearestNeighbour } = similarity.score(molecules.fingerprints, inner);
      return {
        frechetDescriptors: descriptors.score(molecules),
        frechetMorgan: morgan.score(molecules),
        tanimotoMmd: { unbiased: mmdUnbiased, biased: mmdBiased },
        scaffoldSimilarity: scaffoldSimilarity(molecules.scaffolds, reference.scaffolds),
        klScore: kl.score(molecules).score,
        nearestNeighbour,
        internalDiversity: [inner.diversity1, inner.diversity2],
      };
    },
  };
}
