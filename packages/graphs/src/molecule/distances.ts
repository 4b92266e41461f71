import { fitFrechetDescriptors, fitFrechetMorgan, type DescriptorShifts } from "./frechet-molecules.js";
import { fitKlScore } from "./kl-score.js";
import { firstOfEach, type MoleculeProfile } from "./profile.js";
import { scaffoldSimilarity } from "./scaffold-similarity.js";
import { fitSimilarity, innerSimilarity } from "./similarity.js";
import { inSteps, type WatchOptions } from "./watched-chemistry.js";

/** How far the distribution of some molecules is from that of a reference. */
export interface MoleculeDistances {
  /** Fréchet distance on 43 standardised descriptors; 0 is best. Not FCD. */
  readonly frechetDescriptors: number;
  /** How far the mean of each descriptor is off, in the training molecules' deviations. */
  readonly descriptorShifts: DescriptorShifts;
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
  score(molecules: MoleculeProfile, watch?: WatchOptions): Promise<MoleculeDistances | null>;
}

/**
 * Fits all distances on a reference. Similarities are of all pairs: of ten thousand molecules they take seconds.
 *
 * @param training what descriptors are standardised by
 */
export async function fitDistances(
  training: MoleculeProfile,
  reference: MoleculeProfile,
  watch: WatchOptions = {},
): Promise<DistancesMetric> {
  const [descriptors, morgan, similarity, kl] = await inSteps(
    "fitting the distances",
    [
      () => fitFrechetDescriptors(training, reference),
      () => fitFrechetMorgan(reference),
      () => fitSimilarity(reference.fingerprints),
      () => fitKlScore(reference),
    ],
    watch,
  );
  return {
    async score(molecules, watching = {}) {
      if (firstOfEach(molecules.smiles).length < 2) return null;
      const { fingerprints, scaffolds } = molecules;
      const [{ distance: frechetDescriptors, shifts: descriptorShifts }, frechetMorgan, { inner, across }, klScore] =
        await inSteps(
          "distances",
          [
            () => descriptors.score(molecules),
            () => morgan.score(molecules),
            () => {
              const inner = innerSimilarity(fingerprints);
              return { inner, across: similarity.score(fingerprints, inner) };
            },
            () => kl.score(molecules).score,
          ],
          watching,
        );
      return {
        ...{ frechetDescriptors, descriptorShifts, frechetMorgan },
        tanimotoMmd: { unbiased: across.mmdUnbiased, biased: across.mmdBiased },
        scaffoldSimilarity: scaffoldSimilarity(scaffolds, reference.scaffolds),
        klScore,
        nearestNeighbour: across.nearestNeighbour,
        internalDiversity: [inner.diversity1, inner.diversity2],
      };
    },
  };
}
