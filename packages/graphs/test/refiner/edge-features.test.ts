import { randomStream } from "@nextscale/refinement-core";
import { describe, expect, test } from "vitest";
import { encodeGraph } from "../../src/codes/encode-graph.js";
import { compositionOf } from "../../src/pyramid/composition.js";
import type { Known } from "../../src/pyramid/codes.js";
import { edgeFeatureCount, edgeFeatures } from "../../src/refiner/edge-features.js";
import { graph } from "../support/graphs.js";
import { tinyRefiner } from "../support/refiner.js";

const settings = { nodeLabels: 1, edgeLabels: 3, edgeCounts: true } as const;
const { coding } = tinyRefiner(settings);
/** A ring of five with a double bond, and a chain with a triple one. */
const example = graph(8, [[0, 1], [1, 2, 1], [2, 3], [3, 4], [4, 0], [4, 5], [5, 6], [6, 7, 2]]); // prettier-ignore
const { edges } = compositionOf(example, settings);
const levels = encodeGraph(example, coding, { stream: randomStream(1, "test"), item: 0 });

/** Features by name: whether it is told, then which amount is left of all edges, of two labels, and of codes. */
function leftOf(level: (typeof levels)[number], known: Known) {
  const [told, ...rest] = edgeFeatures({ ...level, known, edges }, coding.patterns);
  const amounts = [0, 1, 2, 3].map((at) => rest.slice(8 * at, 8 * (at + 1)).slice(1).indexOf(1) - 1); // prettier-ignore
  return { told, amounts };
}

function knownOf({ candidates: { groups, mass } }: (typeof levels)[number], value: number): Known {
  return { patterns: new Uint8Array(groups.count).fill(value), splits: new Uint8Array(mass.length).fill(value) };
}

test("a graph is made of so many edges of each label", () => {
  expect([...edges!]).toEqual([6, 1, 1]);
  expect(compositionOf(example, { nodeLabels: 1, edgeLabels: 3 }).edges).toBeUndefined();
});

describe("what is left of the edges", () => {
  test("is nothing where all codes of the last level are known", () => {
    const last = levels.at(-1)!;
    expect(last.candidates.labelled).toBe(true);
    expect(leftOf(last, knownOf(last, 1))).toEqual({ told: 1, amounts: [0, 0, 0, 0] });
  });

  test("is the labels that are still to be where all edges are there", () => {
    const last = levels.at(-1)!;
    expect(leftOf(last, knownOf(last, 0)).amounts).toEqual([0, 1, 1, 5]);
    const known = knownOf(last, 0);
    known.patterns[last.codes.patterns.findIndex((pattern) => coding.patterns.digits[4 * pattern] === 3)] = 1;
    expect(leftOf(last, known).amounts).toEqual([0, 1, 0, 5]);
  });

  test("is one for the ring where clusters are taken for trees", () => {
    const [first] = levels as [(typeof levels)[number]];
    expect(first.candidates.mass).toHaveLength(1);
    expect(leftOf(first, knownOf(first, 0)).amounts).toEqual([1, 1, 1, 0]);
  });

  test("is nothing that is known where it is not told", () => {
    const last = levels.at(-1)!;
    const features = edgeFeatures({ ...last, known: knownOf(last, 1) }, coding.patterns);
    expect(features).toEqual(new Array<number>(edgeFeatureCount(3)).fill(0));
    expect(edgeFeatures({ ...last, known: knownOf(last, 1), edges }, coding.patterns)).toHaveLength(features.length);
  });
});
