import type { QuasiGeostrophicModel } from "./quasi-geostrophic.js";
import { requireLength } from "./refused.js";

/**
 * Kinetic and available potential energy of a state, summed over the levels and averaged over the sphere, m2/s2:
 * E = -(1/2) sum over levels of mean(psi q).
 *
 * @throws NextscaleError `shape` for a state of another length
 */
export function energy(model: QuasiGeostrophicModel, state: Float64Array): number {
  requireLength("energy", "a state", state, model.size);
  return -0.5 * levelProducts(model, model.streamFunction(state), state);
}

/**
 * Potential enstrophy with the planet's vorticity: half the mean over the sphere of q^2, summed over the levels, 1/s2.
 *
 * @throws NextscaleError `shape` for a state of another length
 */
export function potentialEnstrophy(model: QuasiGeostrophicModel, state: Float64Array): number {
  requireLength("potentialEnstrophy", "a state", state, model.size);
  const absolute = state.map((value, i) => value + model.planetary[i]!);
  return 0.5 * levelProducts(model, absolute, absolute);
}

function levelProducts({ harmonics, size }: QuasiGeostrophicModel, a: Float64Array, b: Float64Array): number {
  const level = 2 * harmonics.count;
  let sum = 0;
  for (let at = 0; at < size; at += level) {
    sum += harmonics.innerProduct(a.subarray(at, at + level), b.subarray(at, at + level));
  }
  return sum;
}
