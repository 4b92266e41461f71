import { NextscaleError } from "@nextscale/engine";
import type { Plan } from "./plan.js";

/**
 * Sampling from a consistency function (Song et al. 2023, algorithm 1): what it says, with noise again up to the next level,
 * and so on. One level is one evaluation.
 *
 * @param levels of noise, falling
 * @param least level that counts as clean: what the function says has this much noise
 * @throws NextscaleError `invalid-argument` unless the levels fall and are above the least
 */
export function consistencyPlan(levels: readonly number[], least: number): Plan {
  const falls = levels.every((level, i) => level > least && (i === 0 || level < levels[i - 1]!));
  if (!falls || levels.length === 0) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "refinement-core/consistencyPlan",
      expected: `falling levels above ${least}`,
      got: `[${levels.join(", ")}]`,
    });
  }
  return levels.map((noise, i) => ({
    level: { time: noise, signal: 1, noise },
    state: 0,
    data: 1,
    before: 0,
    fresh: i + 1 < levels.length ? Math.sqrt(levels[i + 1]! ** 2 - least ** 2) : 0,
  }));
}
