/** Mean of some figures; NaN of none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The standard deviation of some figures about their mean, by their number less one: NaN of a single figure. */
export function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
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
