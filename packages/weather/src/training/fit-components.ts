import { covarianceOf, featureMatrix, leadingEigenvectors, momentsOf } from "@nextscale/refinement-core";
import { cellCount, type FieldLayout } from "../verification/case.js";

/** Principal components of some states. */
export interface FittedComponents {
  /** Number of components kept, K. */
  readonly count: number;
  /** [K, H * W * C], see `coordinatesOf`. */
  readonly components: Float32Array;
  /** Coordinates of the states [N, K]. */
  readonly coordinates: Float32Array;
}

/**
 * The patterns that hold most of the variance, by area, of departures from the climatology: empirical orthogonal functions of
 * all channels together.
 *
 * @param states [N, H, W, C], in deviations
 * @param count how many, at most H * W * C
 * @throws NextscaleError `invalid-argument` for more
 */
export function fitComponents(states: Float32Array, { grid, channels }: FieldLayout, count: number): FittedComponents {
  const row = grid.longitudes.length * channels.length;
  const size = channels.length * cellCount({ grid, channels });
  const roots = Float64Array.from({ length: size }, (_, at) => Math.sqrt(grid.areaWeights[Math.floor(at / row)]!));
  const weighted = states.map((value, at) => value * roots[at % size]!);
  const axes = leadingEigenvectors(covarianceOf(momentsOf(featureMatrix(weighted, size))), size, count);
  const coordinates = new Float32Array((states.length / size) * count);
  for (let item = 0; item * size < states.length; item++) {
    const state = weighted.subarray(item * size, (item + 1) * size);
    for (let k = 0; k < count; k++) {
      let sum = 0;
      for (let at = 0; at < size; at++) sum += axes[k * size + at]! * state[at]!;
      coordinates[item * count + k] = sum;
    }
  }
  return { count, components: Float32Array.from(axes, (value, at) => value / roots[at % size]!), coordinates };
}

/** The states [N, H * W * C] that coordinates [N, K] stand for. */
export function statesOf({ count, components, coordinates }: FittedComponents): Float32Array {
  const size = components.length / count;
  const states = new Float32Array((coordinates.length / count) * size);
  for (let item = 0; item * size < states.length; item++) {
    const state = states.subarray(item * size, (item + 1) * size);
    for (let k = 0; k < count; k++) {
      const coordinate = coordinates[item * count + k]!;
      for (let at = 0; at < size; at++) state[at]! += coordinate * components[k * size + at]!;
    }
  }
  return states;
}
