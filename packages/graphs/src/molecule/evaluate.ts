import { NextscaleError } from "@nextscale/engine";
import { permutation, randomStream, requireOptions, wholeWithin } from "@nextscale/refinement-core";
import type { Chemistry } from "./chemistry.js";
import { fitDistances, type MoleculeDistances } from "./distances.js";
import { firstOfEach, profileOf, selectProfile } from "./profile.js";
import { valuesOf, type InvalidReason, type Outcome } from "./rdkit/question.js";
import { shareOf, type Share } from "../metrics/share.js";
import { watchedChemistry, type WatchOptions } from "./watched-chemistry.js";

/** What samples are measured against. */
export interface MoleculeReference {
  readonly chemistry: Chemistry;
  /** SMILES that the model learned from; all of them count for novelty. */
  readonly train: readonly string[];
  /** SMILES of the same kind that it has not seen. */
  readonly test: readonly string[];
  /** Molecules of each set that distances are computed from, at most; 2 to 30,000. More are drawn from. Default: 10,000. */
  readonly most?: number;
  /** Of that draw. Default: 0. */
  readonly seed?: number;
}

/** How good some molecules are, one by one. */
export interface MoleculeShares {
  readonly samples: number;
  /** Of all samples. */
  readonly valid: Share;
  /** Of all samples: several fragments, which is not valid either. */
  readonly fragments: Share;
  /** Different ones among the valid. */
  readonly unique: Share;
  /** Not in the training set, among the unique. On QM9, an enumeration, it measures how far a model is off. */
  readonly novel: Share;
  /** Valid, unique and novel, of all samples. */
  readonly validUniqueNovel: Share;
  /** How many were not valid, by reason. */
  readonly invalid: Readonly<Partial<Record<InvalidReason, number>>>;
}

/** Shares and distances of some samples beside those of real molecules: plain data. */
export interface MoleculeReport {
  readonly rdkit: string;
  readonly samples: MoleculeShares;
  /** The test molecules measured as if they were samples. */
  readonly real: MoleculeShares;
  /** Valid samples against the test molecules; null of fewer than two different ones. */
  readonly distances: MoleculeDistances | null;
  /** As many training molecules, or all there are, against the test molecules: what a perfect model would score. */
  readonly floor: MoleculeDistances | null;
  /** How many molecules the distances are of. */
  readonly compared: {
    readonly samples: number;
    readonly floor: number;
    readonly train: number;
    readonly test: number;
  };
}

/** Metrics of molecules, fitted on a reference. */
export interface MoleculeMetrics {
  /**
   * Measures samples against the reference.
   *
   * @param samples what `canonicalSmiles` gave for a model's graphs, or `canonicalise` for texts
   */
  score(samples: readonly Outcome<string>[], watch?: WatchOptions): Promise<MoleculeReport>;
}

/**
 * Fits the metrics of molecules on a reference: a minute or so for a hundred thousand molecules, so fit once and score many.
 *
 * @throws NextscaleError `invalid-data` for fewer than two different valid molecules in `train` or `test`, `invalid-argument` for an
 *   option outside its range; AbortError when the signal aborts
 */
export async function fitMoleculeMetrics({
  signal,
  onProgress,
  ...reference
}: MoleculeReference & WatchOptions): Promise<MoleculeMetrics> {
  const { chemistry, train, test, most = 10_000, seed = 0 } = reference;
  requireOptions("graphs/fitMoleculeMetrics", { most }, { most: wholeWithin(2, 30_000) });
  const watch = { ...(signal === undefined ? {} : { signal }), ...(onProgress === undefined ? {} : { onProgress }) };
  const watched = watchedChemistry(chemistry, watch);
  const some = (smiles: readonly string[], item: number): string[] => {
    const order = permutation(randomStream(seed, "molecule/evaluation"), smiles.length, { item });
    // In the order drawn: data sets are sorted, and the floor takes the first of these.
    return Array.from(order.subarray(0, most), (i) => smiles[i]!);
  };
  const testOutcomes = await watched.canonicalise(test);
  const known = requireDifferent("train", valuesOf(await watched.canonicalise(train)));
  const training = await profileOf(watched, some(known, 0));
  const testing = await profileOf(watched, some(requireDifferent("test", valuesOf(testOutcomes)), 1));
  const distances = await fitDistances(training, testing, watch);
  const novelTo = new Set(known);
  const real = sharesOf(testOutcomes, novelTo);
  const floors = new Map<number, MoleculeDistances | null>();
  const floorOf = async (count: number, watching: WatchOptions): Promise<MoleculeDistances | null> => {
    const found = floors.get(count);
    if (found !== undefined) return found;
    const floor = await distances.score(selectProfile(training, [...Array(count).keys()]), watching);
    floors.set(count, floor);
    return floor;
  };

  return {
    async score(samples, watching = {}) {
      const profile = await profileOf(watchedChemistry(chemistry, watching), some(valuesOf(samples), 2));
      const count = profile.smiles.length;
      const floorCount = Math.min(count, training.smiles.length);
      return {
        rdkit: chemistry.version,
        samples: sharesOf(samples, novelTo),
        real,
        distances: await distances.score(profile, watching),
        floor: await floorOf(floorCount, watching),
        compared: {
          samples: count,
          floor: floorCount,
          train: training.smiles.length,
          test: testing.smiles.length,
        },
      };
    },
  };
}

/**
 * Measures samples of molecules against training and test molecules, as plain data: validity, uniqueness and novelty with Wilson
 * intervals, distances between distributions, and beside each what real molecules score.
 *
 * @throws NextscaleError as {@link fitMoleculeMetrics}, which is for several sets of samples
 */
export async function evaluateMolecules(
  options: MoleculeReference & WatchOptions & { readonly samples: readonly Outcome<string>[] },
): Promise<MoleculeReport> {
  const { samples, ...reference } = options;
  return (await fitMoleculeMetrics(reference)).score(samples, reference);
}

/** Validity, uniqueness and novelty of some outcomes. @param known canonical SMILES of the training molecules */
export function sharesOf(samples: readonly Outcome<string>[], known: ReadonlySet<string>): MoleculeShares {
  const smiles = valuesOf(samples);
  const unique = new Set(smiles);
  const novel = [...unique].filter((text) => !known.has(text)).length;
  const invalid: Partial<Record<InvalidReason, number>> = {};
  for (const outcome of samples) if (!outcome.ok) invalid[outcome.reason] = (invalid[outcome.reason] ?? 0) + 1;
  return {
    samples: samples.length,
    valid: shareOf(smiles.length, samples.length),
    fragments: shareOf(invalid.fragments ?? 0, samples.length),
    unique: shareOf(unique.size, smiles.length),
    novel: shareOf(novel, unique.size),
    validUniqueNovel: shareOf(novel, samples.length),
    invalid,
  };
}

function requireDifferent(what: string, smiles: readonly string[]): readonly string[] {
  const different = firstOfEach(smiles).length;
  if (different >= 2) return smiles;
  throw new NextscaleError({
    code: "invalid-data",
    where: "graphs/fitMoleculeMetrics",
    expected: `at least two different valid molecules in ${what}`,
    got: `${different}`,
  });
}
