/** What is needed to tell whether a field is still weather. */
export interface Variability {
  /**
   * Least and greatest standard deviation along rows that the model's data has [2, C], in deviations: on the globe they are a
   * few tenths apart, in a region they may differ manifold.
   */
  readonly range: ArrayLike<number>;
  /** Area of a cell of each row; the mean over rows is 1. */
  readonly areaWeights: ArrayLike<number>;
  readonly columns: number;
}

/** Beyond what the data has by this factor, a field is unstable; on the globe about what NeuralGCM's issue 109 has. */
const MARGIN = 1.5;

/**
 * Whether a field has left what the climate allows: the standard deviation along latitude rows, averaged by area, is far below or
 * above all that the model's data has, in some channel, or no number.
 *
 * @param field [latitude][longitude][channel], in deviations from the mean
 */
export function isUnstable(field: Float32Array, { range, areaWeights, columns }: Variability): boolean {
  const channels = range.length / 2;
  return !zonalDeviations(field, channels, areaWeights, columns).every((deviation, c) => {
    return deviation >= range[c]! / MARGIN && deviation <= range[channels + c]! * MARGIN;
  });
}

/** Standard deviation along rows, averaged by area, of each channel of a field [latitude][longitude][channel]. */
export function zonalDeviations(
  field: Float32Array,
  channels: number,
  areaWeights: ArrayLike<number>,
  columns: number,
): Float64Array {
  const rows = areaWeights.length;
  const deviations = new Float64Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      let squares = 0;
      for (let column = 0; column < columns; column++) {
        const value = field[(row * columns + column) * channels + channel]!;
        sum += value;
        squares += value * value;
      }
      const variance = squares / columns - (sum / columns) ** 2;
      deviations[channel]! += (areaWeights[row]! * Math.sqrt(Math.max(0, variance))) / rows;
    }
  }
  return deviations;
}
