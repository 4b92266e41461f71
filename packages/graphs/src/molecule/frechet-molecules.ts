import {
  featureMatrix,
  fitFrechet,
  integers,
  momentsOf,
  randomStream,
  type FeatureMatrix,
} from "@nextscale/refinement-core";
import type { Fingerprints } from "./fingerprints.js";
import type { MoleculeProfile } from "./profile.js";
import { DESCRIPTORS, type DescriptorName } from "./rdkit/descriptors.js";

/** A Fréchet distance fitted on a reference set of molecules. */
export interface MoleculeFrechetMetric {
  /** @throws NextscaleError `invalid-argument` for fewer than two samples */
  score(samples: MoleculeProfile): number;
}

/** The same on descriptors, which have names: how far off each is says where a distance comes from. */
export interface DescriptorFrechetMetric {
  /** @throws NextscaleError `invalid-argument` for fewer than two samples */
  score(samples: MoleculeProfile): {
    readonly distance: number;
    /** How far the mean of each descriptor is from that of the reference, in the training molecules' deviations. */
    readonly shifts: DescriptorShifts;
  };
}

/** A number for each descriptor. */
export type DescriptorShifts = Readonly<Record<DescriptorName, number>>;

/**
 * Deviations beyond which a descriptor counts as at that many. The kappa indices have poles: that of CF4 is 140, of other
 * molecules of QM9 at most 6, and that one molecule would be most of a distance between thousands.
 */
const MOST_DEVIATIONS = 10;

/**
 * Fréchet distance on RDKit's 43 descriptors, each centred and divided by its deviation on the training molecules, and cut off at
 * ten of them; one that does not vary there is only centred. Not FCD, which is of a network's activations, and not comparable with it.
 *
 * @param training what the descriptors' units are taken from: at least two molecules
 * @param reference at least two molecules
 */
export function fitFrechetDescriptors(training: MoleculeProfile, reference: MoleculeProfile): DescriptorFrechetMetric {
  const { mean, scatter, count, dimension } = momentsOf(training.descriptors);
  const deviations = mean.map((_, k) => Math.sqrt(scatter[k * dimension + k]! / (count - 1)));
  const standard = ({ descriptors: { data } }: MoleculeProfile): FeatureMatrix => {
    const standardised = Float64Array.from(data, (value, at) => {
      const k = at % dimension;
      const scaled = (value - mean[k]!) / (deviations[k]! > 0 ? deviations[k]! : 1);
      return Math.max(-MOST_DEVIATIONS, Math.min(MOST_DEVIATIONS, scaled));
    });
    return featureMatrix(standardised, dimension);
  };
  const ofReference = momentsOf(standard(reference));
  const metric = fitFrechet(ofReference);
  return {
    score(samples) {
      const moments = momentsOf(standard(samples));
      const shifts = DESCRIPTORS.map((name, k) => [name, moments.mean[k]! - ofReference.mean[k]!]);
      return { distance: metric.score(moments).distance, shifts: Object.fromEntries(shifts) as DescriptorShifts };
    },
  };
}

/** Numbers that fingerprints are projected to: few enough for a covariance of some thousand molecules. */
const PROJECTED = 256;

/**
 * Fréchet distance on a random projection of Morgan fingerprints to 256 numbers: Σ over the set bits of rows of random signs,
 * divided by 16, which keeps distances between fingerprints (Achlioptas 2003). Signs are exact on every machine. Not FCD.
 *
 * @param reference at least two molecules
 */
export function fitFrechetMorgan(reference: MoleculeProfile): MoleculeFrechetMetric {
  const { bits } = reference.fingerprints;
  const signs = integers(randomStream(0, "molecule/morgan-projection"), { sites: bits, draws: PROJECTED }, 2);
  const project = ({ fingerprints }: MoleculeProfile) => momentsOf(projected(fingerprints, signs));
  const metric = fitFrechet(project(reference));
  return { score: (samples) => metric.score(project(samples)).distance };
}

function projected({ count, offsets, on }: Fingerprints, signs: Int32Array): FeatureMatrix {
  const data = new Float64Array(count * PROJECTED);
  const scale = 1 / Math.sqrt(PROJECTED);
  for (let i = 0; i < count; i++) {
    const row = data.subarray(i * PROJECTED, (i + 1) * PROJECTED);
    for (let at = offsets[i]!; at < offsets[i + 1]!; at++) {
      const start = on[at]! * PROJECTED;
      for (let k = 0; k < PROJECTED; k++) row[k]! += (2 * signs[start + k]! - 1) * scale;
    }
  }
  return featureMatrix(data, PROJECTED);
}
