/*
 * Special functions in float64, for the reference evaluation.
 */

const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

/**
 * erf(x) to about 1e-15: its Maclaurin series 2/sqrt(pi) e^{-x^2} sum 2^n x^{2n+1} / (2n+1)!! below 3 (DLMF 7.6.2, all terms
 * positive), the continued fraction of erfc above (DLMF 7.9.1).
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  const value = a < 3 ? series(a) : a > 6 ? 1 : 1 - complement(a);
  return Number.isNaN(x) ? NaN : x < 0 ? -value : value;
}

function series(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return TWO_OVER_SQRT_PI * Math.exp(-x * x) * sum;
}

/** erfc for x >= 3 by its continued fraction, from the tail. */
function complement(x: number): number {
  let tail = x;
  for (let n = 60; n >= 1; n--) tail = x + n / 2 / tail;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * tail);
}

/** Distribution function of the standard normal. */
export function normalCdf(x: number): number {
  return (1 + erf(x * Math.SQRT1_2)) / 2;
}

/** Density of the standard normal. */
export function normalDensity(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/** 1 / (1 + e^-x), without overflow. */
export function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/** log(1 + e^x), without overflow. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Nearest integer, halves to even. */
export function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
}
