import { NextscaleError } from "@nextscale/engine";
import { forEachSimilarityRow, type Fingerprints } from "./fingerprints.js";

/** What the similarities within a set say. */
export interface InnerSimilarity {
  /** Σ T(x, x′) over all ordered pairs, those of a molecule with itself too. */
  readonly total: number;
  readonly count: number;
  /** 1 − mean T over all ordered pairs: internal diversity of MOSES with p = 1. */
  readonly diversity1: number;
  /** 1 − mean over molecules of (mean T²)^½: with p = 2, as MOSES computes it. */
  readonly diversity2: number;
  /** Of each molecule, the largest similarity with another; 0 of a molecule alone. */
  readonly nearest: Float64Array;
}

/**
 * Similarities within a set of fingerprints.
 *
 * @throws NextscaleError `invalid-argument` for none
 */
export function innerSimilarity(fingerprints: Fingerprints): InnerSimilarity {
  const { count } = fingerprints;
  requireSome(count, 1);
  const nearest = new Float64Array(count);
  let [total, roots] = [0, 0];
  forEachSimilarityRow(fingerprints, fingerprints, (row, similarities) => {
    let [sum, squares, most] = [0, 0, 0];
    for (let j = 0; j < count; j++) {
      const similarity = similarities[j]!;
      sum += similarity;
      squares += similarity * similarity;
      if (similarity > most && j !== row) most = similarity;
    }
    total += sum;
    roots += Math.sqrt(squares / count);
    nearest[row] = most;
  });
  return { total, count, diversity1: 1 - total / count ** 2, diversity2: 1 - roots / count, nearest };
}

/** How similar samples are to a reference. */
export interface SimilarityScore {
  /**
   * Unbiased estimate of the squared maximum mean discrepancy under the Tanimoto kernel, which is positive definite (Gower 1971);
   * near zero it may be negative.
   */
  readonly mmdUnbiased: number;
  /** The biased estimate, never negative, larger by about 1/n + 1/m. */
  readonly mmdBiased: number;
  /** Mean over the samples of the similarity with the nearest molecule of the reference: SNN of MOSES. */
  readonly nearestNeighbour: number;
}

/** Similarity with a reference set, whose own share is computed once. */
export interface SimilarityMetric {
  readonly reference: InnerSimilarity;
  /** @throws NextscaleError `invalid-argument` for fewer than two samples, `shape` for fingerprints of another length */
  score(samples: Fingerprints, inner?: InnerSimilarity): SimilarityScore;
}

/**
 * Fits similarities on a reference set: MMD² = Σ k(x,x′) + Σ k(y,y′) − 2 Σ k(x,y), each as a mean (Gretton et al. 2012, eq. 3 and
 * 5), and SNN (Polykovskiy et al. 2020), from one pass over the pairs.
 *
 * @throws NextscaleError `invalid-argument` for fewer than two molecules
 */
export function fitSimilarity(reference: Fingerprints): SimilarityMetric {
  requireSome(reference.count, 2);
  const own = innerSimilarity(reference);
  return {
    reference: own,
    score(samples, inner = innerSimilarity(samples)) {
      requireSome(samples.count, 2);
      let [across, nearest] = [0, 0];
      forEachSimilarityRow(samples, reference, (_, similarities) => {
        let [sum, most] = [0, 0];
        for (const similarity of similarities) {
          sum += similarity;
          if (similarity > most) most = similarity;
        }
        across += sum;
        nearest += most;
      });
      const between = (2 * across) / (samples.count * reference.count);
      return {
        mmdUnbiased: meanOfOthers(inner) + meanOfOthers(own) - between,
        mmdBiased: Math.max(0, inner.total / inner.count ** 2 + own.total / own.count ** 2 - between),
        nearestNeighbour: nearest / samples.count,
      };
    },
  };
}

/** Mean over the pairs of two different molecules; every molecule's similarity with itself is 1. */
function meanOfOthers({ total, count }: InnerSimilarity): number {
  return (total - count) / (count * (count - 1));
}

function requireSome(count: number, least: number): void {
  if (count >= least) return;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "graphs/similarity",
    expected: `at least ${least} molecules`,
    got: `${count}`,
  });
}
