import { featureMatrix, selectFeatures, type FeatureMatrix } from "@nextscale/refinement-core";
import type { Chemistry } from "./chemistry.js";
import { fingerprintsOf, selectFingerprints, type Fingerprints } from "./fingerprints.js";
import { DESCRIPTORS } from "./rdkit/descriptors.js";
import { scaffolds } from "./scaffold.js";

/** Bits that similarities are measured with (as in MOSES), and that GuacaMol's internal similarity is. */
const [SHORT_BITS, LONG_BITS] = [1024, 4096];

/** What the distances between sets of molecules are computed from, a row or an entry a molecule. */
export interface MoleculeProfile {
  /** Canonical. */
  readonly smiles: readonly string[];
  /** [n, 43] */
  readonly descriptors: FeatureMatrix;
  /** Of 1024 bits. */
  readonly fingerprints: Fingerprints;
  /** Of 4096 bits. */
  readonly longFingerprints: Fingerprints;
  /** SMILES of the Murcko scaffolds; null of molecules that have none: no ring, or not `parse`d. */
  readonly scaffolds: readonly (string | null)[];
}

/**
 * Measures molecules. Those that descriptors or fingerprints fail on are left out.
 *
 * @param smiles canonical
 */
export async function profileOf(chemistry: Chemistry, smiles: readonly string[]): Promise<MoleculeProfile> {
  const descriptors = await chemistry.descriptors(smiles);
  const short = await chemistry.fingerprints(smiles, SHORT_BITS);
  const long = await chemistry.fingerprints(smiles, LONG_BITS);
  const frames = await scaffolds(chemistry, smiles);
  const rows = smiles.flatMap((text, i) => {
    const [numbers, fingerprint, longer, frame] = [descriptors[i]!, short[i]!, long[i]!, frames[i]!];
    if (!numbers.ok || !fingerprint.ok || !longer.ok) return [];
    const scaffold = frame.ok ? frame.value : null;
    return [{ text, numbers: numbers.value, fingerprint: fingerprint.value, longer: longer.value, scaffold }];
  });
  return {
    smiles: rows.map(({ text }) => text),
    descriptors: featureMatrix(Float64Array.from(rows.flatMap(({ numbers }) => numbers)), DESCRIPTORS.length),
    fingerprints: fingerprintsOf(rows.map(({ fingerprint }) => fingerprint), SHORT_BITS), // prettier-ignore
    longFingerprints: fingerprintsOf(rows.map(({ longer }) => longer), LONG_BITS), // prettier-ignore
    scaffolds: rows.map(({ scaffold }) => scaffold),
  };
}

/** Some molecules of a profile, in the order of the indices. */
export function selectProfile(profile: MoleculeProfile, indices: ArrayLike<number>): MoleculeProfile {
  const pick = <T>(values: readonly T[]): T[] => Array.from(indices, (i) => values[i]!);
  return {
    smiles: pick(profile.smiles),
    descriptors: selectFeatures(profile.descriptors, indices),
    fingerprints: selectFingerprints(profile.fingerprints, indices),
    longFingerprints: selectFingerprints(profile.longFingerprints, indices),
    scaffolds: pick(profile.scaffolds),
  };
}

/** Where each different text stands first. */
export function firstOfEach(texts: readonly string[]): number[] {
  const seen = new Set<string>();
  return [...texts.keys()].filter((i) => seen.size < seen.add(texts[i]!).size);
}
