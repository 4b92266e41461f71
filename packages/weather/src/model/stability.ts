/** What is needed to tell whether a field is still weather. */
export interface Variability {
  /** Climatological mean of the standard deviation along a row, by channel, in deviations. */
  readonly zonal: ArrayLike<number>;
  /** Area of a cell of each row; the mean over rows is 1. */
  readonly areaWeights: ArrayLike<number>;
  readonly columns: number;
}

/** A field whose variability along rows is beyond these multiples of the climate's is unstable (NeuralGCM, issue 109). */
const LEAST = 0.5;
const MOST = 2;

/**
 * Whether a field has left what the climate allows: the standard deviation along latitude rows, averaged by area, is less than
 * half or more than twice the climatological one in some channel, or no number.
 *
 * @param field [latitude][longitude][channel], in deviations from the mean
 */
export function isUnstable(field: Float32Array, { zonal, areaWeights, columns }: Variability): boolean {
  return !zonalDeviations(field, zonal.length, areaWeights, columns).every((deviation, c) => {
    return deviation >= LEAST * zonal[c]! && deviation <= MOST * zonal[c]!;
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
