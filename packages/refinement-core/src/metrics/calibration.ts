import { NextscaleError } from "@nextscale/engine";

/**
 * Predictions sorted into equal bins of confidence. Bins of parts add up to the bins of the whole (`mergeReliability`),
 * so predictions need never be held together.
 */
export interface ReliabilityBins {
  /** Number of predictions in each bin; bin b of B holds confidences in (b/B, (b+1)/B]. */
  readonly counts: Float64Array;
  /** Sum of the confidences in each bin. */
  readonly confidence: Float64Array;
  /** Number of correct predictions in each bin. */
  readonly correct: Float64Array;
}

/** Calibration of a categorical prediction. */
export interface CalibrationScore {
  /** Σ_b (n_b/n) |accuracy_b − confidence_b|. */
  readonly expectedError: number;
  /** max_b |accuracy_b − confidence_b| over the bins that are not empty. */
  readonly maximumError: number;
  readonly accuracy: number;
  readonly meanConfidence: number;
  readonly count: number;
}

/** Probabilities from a float32 softmax exceed 1 by rounding. */
const MOST_CONFIDENCE = 1.001;

/**
 * Reliability bins of top-label predictions (Guo et al. 2017): the confidence is the largest probability, and the
 * prediction is correct when that category is the label.
 *
 * @param probabilities n x `categories`, each row a distribution
 * @param labels n category numbers
 * @param binCount 15 unless told, as in the paper
 * @throws NextscaleError `shape` when the arrays do not fit, `invalid-data` when a row does not sum to 1 (to 1e-3) or a
 *   label is no category
 */
export function reliabilityBins(
  probabilities: Float32Array | Float64Array,
  labels: ArrayLike<number>,
  categories: number,
  binCount = 15,
): ReliabilityBins {
  const where = "metrics/calibration";
  if (probabilities.length !== labels.length * categories) {
    throw new NextscaleError({
      code: "shape",
      where,
      expected: `${labels.length} rows of ${categories} probabilities`,
      got: `${probabilities.length} numbers`,
    });
  }
  const bins = emptyReliability(binCount);
  for (let row = 0; row < labels.length; row++) {
    let best = 0;
    let sum = 0;
    for (let category = 0; category < categories; category++) {
      const probability = probabilities[row * categories + category]!;
      sum += probability;
      if (probability > probabilities[row * categories + best]!) best = category;
    }
    const confidence = probabilities[row * categories + best]!;
    const label = labels[row]!;
    const isLabel = Number.isInteger(label) && label >= 0 && label < categories;
    if (!(Math.abs(sum - 1) < 1e-3) || confidence > MOST_CONFIDENCE || !isLabel) {
      throw new NextscaleError({
        code: "invalid-data",
        where,
        expected: `rows that sum to 1 and labels from 0 to ${categories - 1}`,
        got: `sum ${sum} and label ${label} in row ${row}`,
        fix: "pass probabilities, not logits",
      });
    }
    observePrediction(bins, confidence, best === label);
  }
  return bins;
}

/**
 * Adds one prediction to bins, in place.
 *
 * @param confidence probability of the predicted category
 * @throws NextscaleError `invalid-data` for a confidence outside [0, 1]
 */
export function observePrediction(bins: ReliabilityBins, confidence: number, correct: boolean): void {
  if (!(confidence >= 0 && confidence <= MOST_CONFIDENCE)) {
    throw new NextscaleError({
      code: "invalid-data",
      where: "metrics/calibration",
      expected: "confidences from 0 to 1",
      got: `${confidence}`,
      fix: "pass probabilities, not logits",
    });
  }
  const count = bins.counts.length;
  const bin = Math.min(count - 1, Math.max(0, Math.ceil(confidence * count) - 1));
  bins.counts[bin]! += 1;
  bins.confidence[bin]! += confidence;
  if (correct) bins.correct[bin]! += 1;
}

/** No prediction yet: the neutral element of `mergeReliability`. */
export function emptyReliability(binCount = 15): ReliabilityBins {
  const zeros = (): Float64Array => new Float64Array(binCount);
  return { counts: zeros(), confidence: zeros(), correct: zeros() };
}

/**
 * Bins of the union of two sets of predictions.
 *
 * @throws NextscaleError `shape` when the numbers of bins differ
 */
export function mergeReliability(a: ReliabilityBins, b: ReliabilityBins): ReliabilityBins {
  if (a.counts.length !== b.counts.length) {
    throw new NextscaleError({
      code: "shape",
      where: "metrics/calibration",
      expected: `${a.counts.length} bins`,
      got: `${b.counts.length}`,
    });
  }
  const add = (x: Float64Array, y: Float64Array): Float64Array => x.map((value, bin) => value + y[bin]!);
  return {
    counts: add(a.counts, b.counts),
    confidence: add(a.confidence, b.confidence),
    correct: add(a.correct, b.correct),
  };
}

/**
 * Expected and maximum calibration error of a set of reliability bins (Naeini et al. 2015; Guo et al. 2017).
 *
 * @throws NextscaleError `invalid-argument` when there is no prediction
 */
export function calibrationOf(bins: ReliabilityBins): CalibrationScore {
  const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
  const count = total(bins.counts);
  if (count === 0) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "metrics/calibration",
      expected: "at least one prediction",
      got: "none",
    });
  }
  let expectedError = 0;
  let maximumError = 0;
  bins.counts.forEach((inBin, bin) => {
    if (inBin === 0) return;
    const gap = Math.abs(bins.correct[bin]! - bins.confidence[bin]!);
    expectedError += gap / count;
    maximumError = Math.max(maximumError, gap / inBin);
  });
  const accuracy = total(bins.correct) / count;
  return { expectedError, maximumError, accuracy, meanConfidence: total(bins.confidence) / count, count };
}
