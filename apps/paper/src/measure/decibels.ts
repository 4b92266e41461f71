/** Peak signal-to-noise ratio of a mean squared error where the largest value is 1, in dB. */
export function decibels(error: number): number {
  return -10 * Math.log10(error);
}
