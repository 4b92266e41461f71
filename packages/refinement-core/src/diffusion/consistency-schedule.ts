import { NextscaleError } from "@nextscale/engine";
import { logUpperTail } from "../likelihood/normal-tail.js";
import { karrasLevel, type NoiseRange } from "./karras-levels.js";

/** How many levels a training goes through (Song and Dhariwal 2024): 10 intervals at first and 1280 at last. */
export interface ConsistencyCurriculum {
  /** Steps of the training. */
  readonly steps: number;
  /** Intervals between levels at first. */
  readonly first: number;
  /** Most intervals. */
  readonly most: number;
}

/**
 * Levels at a step of training, counted from 0: they double in equal stretches up to the most. N(k) of Song and Dhariwal 2024,
 * section 3.3.
 */
export function consistencyLevelCount(step: number, { steps, first, most }: ConsistencyCurriculum): number {
  const stretch = Math.floor(steps / (Math.log2(Math.floor(most / first)) + 1));
  return Math.min(first * 2 ** Math.floor(step / stretch), most) + 1;
}

/**
 * So many noise levels, from the least to the most, as consistency training counts them: [count].
 *
 * @throws NextscaleError `invalid-argument` for fewer than two
 */
export function consistencyLevels(count: number, range: NoiseRange): Float64Array {
  if (!(Number.isInteger(count) && count >= 2)) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "refinement-core/consistencyLevels",
      expected: "two or more levels",
      got: `${count}`,
    });
  }
  return Float64Array.from({ length: count }, (_, i) => karrasLevel(1 - i / (count - 1), range));
}

/** Where training looks most: the logarithm of the level is about normal, with -1.1 and 2 in Song and Dhariwal 2024. */
export interface LogNormalLevels {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * Probability of each pair of neighbouring levels, as much as the normal distribution has between their logarithms:
 * [levels - 1], adding up to 1. Draw pairs with `drawByInversion`, or the first at which the sum exceeds a uniform number.
 */
export function levelPairProbabilities(levels: Float64Array, { mean, deviation }: LogNormalLevels): Float64Array {
  const above = levels.map((level) => Math.exp(logUpperTail((Math.log(level) - mean) / deviation)));
  const total = above[0]! - above[above.length - 1]!;
  return above.slice(1).map((tail, i) => (above[i]! - tail) / total);
}
