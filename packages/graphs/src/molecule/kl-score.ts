import { innerSimilarity } from "./similarity.js";
import { continuousDivergence, discreteDivergence } from "./kl-divergence.js";
import { firstOfEach, selectProfile, type MoleculeProfile } from "./profile.js";
import { DESCRIPTORS, type DescriptorName } from "./rdkit/descriptors.js";

/** GuacaMol's continuous descriptors, but for BertzCT, which RDKit's JavaScript build lacks. */
const CONTINUOUS = ["CrippenClogP", "amw", "tpsa"] as const satisfies readonly DescriptorName[];

/** Its counts. */
const COUNTS = [
  "NumHBA",
  "NumHBD",
  "NumRotatableBonds",
  "NumAliphaticRings",
  "NumAromaticRings",
] as const satisfies readonly DescriptorName[];

/** Divergences of samples from a reference, and the score made of them. */
export interface KlScore {
  /** Mean of exp(−divergence), from 0 to 1, larger is better. */
  readonly score: number;
  /** KL(reference ‖ samples) in nats, by descriptor; `internalSimilarity` is of each molecule's nearest other one. */
  readonly divergences: Readonly<Record<string, number>>;
}

/** A KL score fitted on a reference. */
export interface KlMetric {
  /** Of at least two different molecules. */
  score(samples: MoleculeProfile): KlScore;
}

/**
 * GuacaMol's distribution score (Brown et al. 2019, section 3.4) on eight of its nine descriptors and the internal similarity,
 * over different molecules. Without BertzCT it is not the printed score, only near it.
 *
 * @param reference at least two different molecules
 */
export function fitKlScore(reference: MoleculeProfile): KlMetric {
  const ours = quantitiesOf(reference);
  return {
    score(samples) {
      const theirs = quantitiesOf(samples);
      const divergences: Record<string, number> = {};
      for (const name of [...CONTINUOUS, "internalSimilarity"]) {
        divergences[name] = continuousDivergence(ours[name]!, theirs[name]!);
      }
      for (const name of COUNTS) divergences[name] = discreteDivergence(ours[name]!, theirs[name]!);
      const terms = Object.values(divergences).map((divergence) => Math.exp(-divergence));
      return { score: terms.reduce((sum, term) => sum + term, 0) / terms.length, divergences };
    },
  };
}

function quantitiesOf(profile: MoleculeProfile): Readonly<Record<string, Float64Array>> {
  const different = selectProfile(profile, firstOfEach(profile.smiles));
  const columns = [...CONTINUOUS, ...COUNTS].map((name) => [name, columnOf(different, name)]);
  const internalSimilarity = innerSimilarity(different.longFingerprints).nearest;
  return { ...Object.fromEntries(columns), internalSimilarity } as Record<string, Float64Array>;
}

function columnOf({ descriptors: { data, count, dimension } }: MoleculeProfile, name: DescriptorName): Float64Array {
  const column = DESCRIPTORS.indexOf(name);
  return Float64Array.from({ length: count }, (_, row) => data[row * dimension + column]!);
}
