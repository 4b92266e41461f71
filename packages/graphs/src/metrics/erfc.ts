/** Terms that leave less than 1e-15 of erf up to 3, and levels that do so of the continued fraction beyond. */
const TERMS = 80;

/** Complementary error function of x ≥ 0: the Taylor series of erf up to 3, then Laplace's continued fraction. */
export function erfc(x: number): number {
  if (x > 3) {
    let fraction = 0;
    for (let k = TERMS; k > 0; k--) fraction = k / 2 / (x + fraction);
    return Math.exp(-x * x) / (Math.sqrt(Math.PI) * (x + fraction));
  }
  let [term, sum] = [x, x];
  for (let k = 1; k <= TERMS; k++) {
    term *= (-x * x) / k;
    sum += term / (2 * k + 1);
  }
  return 1 - (2 / Math.sqrt(Math.PI)) * sum;
}
