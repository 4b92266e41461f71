/** Mean of some figures; NaN of none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The standard deviation of some figures about their mean, by their number less one: NaN of a single figure. */
export function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/** The middle one of some figures; of an even number the upper of the two. */
export function median(values: readonly number[]): number {
  return inOrder(values)[values.length >> 1]!;
}

/** The figures that a quarter of the others are below, and above. */
export function quartiles(values: readonly number[]): readonly [lower: number, upper: number] {
  const last = values.length - 1;
  const ordered = inOrder(values);
  return [ordered[Math.floor(last / 4)]!, ordered[Math.ceil((3 * last) / 4)]!];
}

function inOrder(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}

/** Half of a 95 % interval of a normal distribution, in standard deviations. */
export const HALF_95 = 1.96;

/** The same for Student's t with 1 to 9 degrees of freedom. */
const STUDENT_95 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262] as const;

/**
 * Half of a 95 % interval of Student's t, in standard errors; with more than 9 degrees of freedom the normal distribution's and two
 * terms (Fisher and Cornish 1960).
 */
export function student95(degrees: number): number {
  const known = STUDENT_95[degrees - 1];
  const z = HALF_95;
  return known ?? z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
}
