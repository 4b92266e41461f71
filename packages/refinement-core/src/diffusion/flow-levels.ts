import { NextscaleError } from "@nextscale/engine";
import type { NoiseLevel } from "./noise-level.js";

/**
 * Levels of a rectified flow (Liu et al. 2023; Lipman et al. 2023): straight from noise at time 0 to data at time 1,
 * x_t = t data + (1 - t) noise.
 */
export function flowLevel(time: number): NoiseLevel {
  return { time, signal: time, noise: 1 - time };
}

/**
 * Levels of a flow of so many equal steps, from noise to data: [steps + 1]. `ddimPlan` between them is Euler's method,
 * `heunPlan` Heun's.
 *
 * @throws NextscaleError `invalid-argument` unless the number of steps is whole and positive
 */
export function flowLevels(steps: number): readonly NoiseLevel[] {
  if (!(Number.isInteger(steps) && steps >= 1)) {
    const got = `${steps}`;
    throw new NextscaleError({ code: "invalid-argument", where: "refinement-core/flowLevels", expected: "one or more steps", got }); // prettier-ignore
  }
  return Array.from({ length: steps + 1 }, (_, i) => flowLevel(i / steps));
}
