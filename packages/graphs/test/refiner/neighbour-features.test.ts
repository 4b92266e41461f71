import { expect, test } from "vitest";
import { graphOf } from "../../src/index.js";
import { expand, FORM } from "../../src/pyramid/candidates.js";
import { patternOf, patternsOf } from "../../src/pyramid/patterns.js";
import { neighbourFeatures } from "../../src/refiner/neighbour-features.js";

/* A cluster of three nodes, which splits into two and one, joined with a node. */

const candidates = expand({
  graph: graphOf({ nodeCount: 2, edges: [[0, 1]] }),
  labelled: false,
  mass: Int32Array.of(3, 1),
  formulas: Int32Array.of(3, 1),
  splits: Int32Array.of(1, 0),
  keys: new Float64Array(0),
});
const block = candidates.groups.forms.findIndex((form) => form !== FORM.siblings);
const [HEAVIER, LIGHTER, OTHER] = [0, 1, 2];

/** Of a node, by the states of its pairs that occur: neighbours, and their masses. */
function seenBy(node: number, known: { readonly block: boolean }) {
  const codes = {
    splits: new Int32Array(3),
    // The heavier of the siblings keeps the edge to the other node.
    patterns: Int32Array.from(candidates.groups.forms, (_, group) => (group === block ? patternOf([1, 0, 0, 0]) : 0)),
  };
  const patterns = Uint8Array.from(candidates.groups.forms, (_, group) => Number(known.block && group === block));
  const of = neighbourFeatures({ candidates, codes, known: { splits: new Uint8Array(3), patterns } }, patternsOf(1));
  const features = of(node);
  return Array.from({ length: features.length / 3 }, (_, state) => ({
    state: 1 + state,
    count: features[3 * state]!,
    mass: 16 * features[3 * state + 1]!,
  })).filter(({ count }) => count > 0);
}

test("neighbours are counted and weighed by the state of the pair", () => {
  const [siblings, open] = [1, 2];
  expect(seenBy(HEAVIER, { block: false })).toEqual([
    { state: siblings, count: 1, mass: 1 },
    { state: open, count: 1, mass: 1 },
  ]);
  expect(seenBy(LIGHTER, { block: false })[0]).toEqual({ state: siblings, count: 1, mass: 2 });
  expect(seenBy(OTHER, { block: false })).toEqual([{ state: open, count: 2, mass: 3 }]);
});

test("what is known of a block counts apart, by what was chosen", () => {
  const [none, edge] = [5, 6];
  expect(seenBy(OTHER, { block: true })).toEqual([
    { state: none, count: 1, mass: 1 },
    { state: edge, count: 1, mass: 2 },
  ]);
});
