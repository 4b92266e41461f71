import { NextscaleError } from "@nextscale/engine";

/** Peak signal-to-noise ratio in both conventions in use; papers seldom say which they print. */
export interface PsnrScore {
  /** Mean squared error over all values. */
  readonly meanSquaredError: number;
  /** 10·log₁₀(peak²/mean squared error), decibels; infinite for equal data. */
  readonly psnrOfMeanError: number;
  /** Mean of the items' own ratios, decibels: never less than the other (Jensen). Infinite when one item is exact. */
  readonly meanPsnr: number;
}

/**
 * Peak signal-to-noise ratio of reconstructions.
 *
 * @param reference all items, each of `itemSize` values, one after the other
 * @param reconstruction the same layout
 * @param peak largest value of the signal: 1 for images in [0, 1], 255 for bytes
 * @throws NextscaleError `shape` when the arrays differ or are not whole items, `invalid-argument` for a peak not positive
 */
export function psnr(
  reference: ArrayLike<number>,
  reconstruction: ArrayLike<number>,
  itemSize: number,
  peak = 1,
): PsnrScore {
  const items = reference.length / itemSize;
  if (reference.length !== reconstruction.length || !Number.isInteger(items) || items < 1) {
    throw new NextscaleError({
      code: "shape",
      where: "metrics/psnr",
      expected: `two arrays of whole items of ${itemSize} values`,
      got: `${reference.length} and ${reconstruction.length} values`,
    });
  }
  if (!(peak > 0)) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "metrics/psnr",
      expected: "a positive peak",
      got: `${peak}`,
    });
  }
  const decibels = (error: number): number => 10 * Math.log10((peak * peak) / error);
  let sumOfErrors = 0;
  let sumOfRatios = 0;
  for (let item = 0; item < items; item++) {
    let squares = 0;
    for (let at = item * itemSize; at < (item + 1) * itemSize; at++)
      squares += (reference[at]! - reconstruction[at]!) ** 2;
    sumOfErrors += squares / itemSize;
    sumOfRatios += decibels(squares / itemSize);
  }
  const meanSquaredError = sumOfErrors / items;
  return { meanSquaredError, psnrOfMeanError: decibels(meanSquaredError), meanPsnr: sumOfRatios / items };
}
