import { normals, randomStream } from "@nextscale/refinement-core";
import type { SpectralSpace } from "../../src/simulator/spectral-space.js";

/** Coefficients of a field: normals, with the imaginary parts of order 0 at 0, as a real field has them. */
export function randomCoefficients({ count, orders }: SpectralSpace, seed = 1): Float64Array {
  const draws = normals(randomStream(seed, "test"), { draws: 2 * count });
  return Float64Array.from(draws, (value, i) => (i % 2 === 1 && orders[i >> 1] === 0 ? 0 : value));
}

/** Largest difference between two arrays. */
export function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

/** Largest difference as a share of the largest value of `b`. */
export function relative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return furthest(a, b) / furthest(b, new Float64Array(b.length));
}
