import { integerSource, permutation, randomStream } from "@nextscale/refinement-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { graphOf, isConnected, type Edge } from "../../src/index.js";
import { PAIRS } from "../../src/pyramid/candidates.js";
import type { PartlyChosen } from "../../src/pyramid/codes.js";
import { patternsOf } from "../../src/pyramid/patterns.js";
import { connected } from "../../src/sampling/connected.js";
import { anyGraph } from "../support/graphs.js";
import { tinyRefiner } from "../support/refiner.js";
import { taskOf } from "../support/tasks.js";

const patterns = patternsOf(1);

/** Whether a level is connected when all pairs that are open become edges. */
function canConnect({ candidates, codes, known }: PartlyChosen): boolean {
  const { groups, mass } = candidates;
  const edges: Edge[] = [];
  for (let at = 0; at < groups.count * PAIRS; at++) {
    const [group, pair] = [Math.floor(at / PAIRS), at % PAIRS];
    const [u, v] = [groups.pairs[2 * at]!, groups.pairs[2 * at + 1]!];
    const isOpen = known.patterns[group] === 0 || patterns.digits[codes.patterns[group]! * PAIRS + pair]! > 0;
    if (u >= 0 && isOpen) edges.push([u, v]);
  }
  return isConnected(graphOf({ nodeCount: mass.length, edges }));
}

test.each([
  ["allowed, and there always is one", true],
  ["any", false],
])("a code is allowed where the level can still be connected; codes before it: %s", (_, keep) => {
  let refused = 0;
  fc.assert(
    fc.property(anyGraph({ most: 14, nodeLabels: 1, edgeLabels: 1 }), fc.nat({ max: 1e6 }), (graph, item) => {
      const { candidates, codes: truth, known: some } = taskOf(graph, tinyRefiner(), item);
      const codes = { ...truth, patterns: truth.patterns.slice() };
      const known = { ...some, patterns: new Uint8Array(candidates.groups.count) };
      const level = { candidates, codes, known };
      if (keep && !canConnect(level)) return;
      const groups = permutation(randomStream(1, "test/order"), candidates.groups.count, { item });
      const draw = integerSource(randomStream(1, "test/codes"), { item });
      // In two parts, so that some groups are not in the order.
      const half = groups.length >> 1;
      for (const order of [groups.subarray(0, half), groups.subarray(half)]) {
        const testAt = connected(patterns)(level, [...order]);
        order.forEach((group, place) => {
          const allows = testAt(place) ?? (() => true);
          known.patterns[group] = 1;
          const allowed = Array.from({ length: patterns.count }, (_unused, code) => {
            codes.patterns[group] = code;
            expect(allows(code)).toBe(canConnect(level));
            return code;
          }).filter(allows);
          refused += patterns.count - allowed.length;
          const from = keep ? allowed : [...Array(patterns.count).keys()];
          codes.patterns[group] = from[draw(from.length)]!;
        });
      }
      if (keep) expect(canConnect(level)).toBe(true);
    }),
    { numRuns: 60 },
  );
  expect(refused).toBeGreaterThan(100);
});
