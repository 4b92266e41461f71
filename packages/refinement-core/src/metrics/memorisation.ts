import { requireCount, type FeatureMatrix } from "./features.js";
import { nearestDistances, toPointSet } from "./nearest-neighbours.js";

/** How near samples come to the training set, against how near unseen data of the same kind comes. */
export interface MemorisationScore {
  /** `sampleDistance / heldOutDistance`: 1 for a perfect model, near 0 for one that repeats its training set. */
  readonly ratio: number;
  /** Mean distance of a sample to its nearest training vector. */
  readonly sampleDistance: number;
  /** Mean distance of a held-out vector to its nearest training vector. */
  readonly heldOutDistance: number;
  /**
   * Share of the samples nearer to the training set than 99 % of the held-out vectors are: 0.01 for a perfect model. It
   * shows a few copies among many good samples, which the ratio of means hides.
   */
  readonly nearCopies: number;
}

/** The memorisation ratio, fitted on a training and a held-out set. */
export interface MemorisationMetric {
  /** @throws NextscaleError `shape` for another dimension, `invalid-argument` for no samples */
  score(samples: FeatureMatrix): MemorisationScore;
}

/**
 * Memorisation ratio: Euclidean nearest-training-neighbour distance of samples over that of held-out data.
 *
 * Exact, in time n m d. For pixels, pass principal components (`pcaTransform`): 10,000 against 60,000 vectors of 64
 * components take about 20 seconds.
 *
 * @throws NextscaleError `shape` when the sets' dimensions differ, `invalid-argument` for an empty set
 */
export function fitMemorisation(train: FeatureMatrix, heldOut: FeatureMatrix): MemorisationMetric {
  const where = "metrics/memorisation";
  requireCount(where, "training vectors", train.count, 1);
  requireCount(where, "held-out vectors", heldOut.count, 1);
  const known = toPointSet(where, train);
  const unseen = nearestDistances(toPointSet(where, heldOut, known.origin), known).sort();
  const heldOutDistance = meanOf(unseen);
  const copyDistance = unseen[Math.floor(unseen.length / 100)]!;

  return {
    score(samples) {
      requireCount(where, "samples", samples.count, 1);
      const distances = nearestDistances(toPointSet(where, samples, known.origin), known);
      const sampleDistance = meanOf(distances);
      const copies = distances.reduce((count, distance) => count + (distance < copyDistance ? 1 : 0), 0);
      return {
        ratio: sampleDistance / heldOutDistance,
        sampleDistance,
        heldOutDistance,
        nearCopies: copies / samples.count,
      };
    },
  };
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
