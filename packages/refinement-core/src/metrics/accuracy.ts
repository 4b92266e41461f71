import { NextscaleError } from "@nextscale/engine";

/**
 * Category of the largest score of each row; the lowest among equals.
 *
 * @param scores n x `categories`: logits or probabilities
 * @throws NextscaleError `shape` when the array is not a whole number of rows, `invalid-data` for a NaN score
 */
export function argmaxRows(scores: Float32Array | Float64Array, categories: number): Int32Array {
  if (!Number.isInteger(categories) || categories < 1 || scores.length % categories !== 0) {
    throw new NextscaleError({
      code: "shape",
      where: "metrics/accuracy",
      expected: `rows of ${categories} scores`,
      got: `${scores.length} numbers`,
    });
  }
  const predictions = new Int32Array(scores.length / categories);
  for (let at = 0; at < scores.length; at++) {
    const row = Math.floor(at / categories);
    if (Number.isNaN(scores[at])) {
      throw new NextscaleError({
        code: "invalid-data",
        where: "metrics/accuracy",
        expected: "scores that are numbers",
        got: `NaN in row ${row}`,
      });
    }
    if (scores[at]! > scores[row * categories + predictions[row]!]!) predictions[row] = at % categories;
  }
  return predictions;
}

/**
 * Share of the predictions that equal their label, 0 to 1.
 *
 * @throws NextscaleError `shape` when there are none or the two lists differ in length
 */
export function accuracy(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  if (predictions.length !== labels.length || labels.length === 0) {
    throw new NextscaleError({
      code: "shape",
      where: "metrics/accuracy",
      expected: "as many predictions as labels, and at least one",
      got: `${predictions.length} predictions and ${labels.length} labels`,
    });
  }
  let correct = 0;
  for (let i = 0; i < labels.length; i++) if (predictions[i] === labels[i]) correct++;
  return correct / labels.length;
}
