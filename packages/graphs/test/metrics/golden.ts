import { expect } from "vitest";
import type { GraphDistances, GraphStatistic } from "../../src/index.js";

const SHORT: Record<string, GraphStatistic> = { deg: "degree", clu: "clustering", orb: "orbit", spe: "spectral", wav: "wavelet" }; // prettier-ignore

/** Expected values that are above rounding agree in seven digits or more, all in 1e-12. */
export function expectGolden(
  found: GraphDistances,
  expected: Record<string, number>,
  leftOut: readonly string[] = [],
): void {
  for (const [short, value] of Object.entries(expected)) {
    if (leftOut.includes(short)) continue;
    // A tree's degree and orbit distances are sums that cancel to 1e-4 and 6e-7: nine digits of them are left.
    expect(Math.abs(found[SHORT[short]!]! - value)).toBeLessThan(Math.max(1e-12, 1e-9 * value));
  }
}
