import { randomStream } from "@nextscale/refinement-core";
import { expect, test } from "vitest";
import { edgesOf, generateGraph } from "../../src/index.js";
import { codingOf, encodeGraph } from "../../src/codes/encode-graph.js";
import { sitesOf, type Site } from "../../src/codes/sites.js";
import { splitCodes } from "../../src/codes/split-codes.js";
import { patternsOf } from "../../src/pyramid/patterns.js";
import { expand } from "../../src/pyramid/candidates.js";
import { rootLevel } from "../../src/pyramid/level.js";
import { drawn, scored } from "../../src/sampling/choose.js";
import type { Constraint } from "../../src/sampling/constraint.js";
import { withinValence } from "../../src/sampling/within-valence.js";
import { allBut } from "../../src/sampling/reveal.js";
import { graph } from "../support/graphs.js";

/* Codes drawn from logits that are made up, with constraints and without. */

const LABELS = 3;

/** The finest level of a tree with labels. */
function finestOf(item: number) {
  const tree = generateGraph({ kind: "tree", nodes: [7, 9] }, 1, item);
  const labelled = graph(tree.nodeCount, edgesOf(tree).map(([a, b]) => [a, b, (a + b) % 3]), [...tree.nodeLabels.keys()].map((v) => v % LABELS)); // prettier-ignore
  const network = { width: 4, heads: 1, blocks: 1, walkLength: 1, pairWidth: 4 };
  const config = {
    ...{ hierarchy: "pairs" as const, nodeLabels: LABELS, edgeLabels: 3, sizes: [0, 1], network },
    ...{ labelShares: [0.5, 0.3, 0.2], formulas: [], divisions: [] },
  };
  return encodeGraph(labelled, codingOf(config), { stream: randomStream(1, "test/keys"), item }).at(-1)!;
}

function codesWith(constraints: readonly Constraint[], item: number) {
  const { candidates, codes: truth } = finestOf(item);
  const sites = sitesOf(candidates, { apart: false });
  const codes = { ...truth, patterns: truth.patterns.map(() => 0) };
  const patterns = patternsOf(3).count;
  const made = (count: number, classes: number) =>
    Float32Array.from({ length: count * classes }, (_, at) => Math.sin(7 * at + item));
  const logits = {
    splits: made(candidates.mass.length, 33),
    patterns: made(candidates.groups.count, patterns),
  };
  const all = [...sites.siblings, ...sites.blocks].map((at) => ({ of: "patterns", at }) as const);
  const draw = drawn({
    streams: [randomStream(1, "test")],
    item,
    temperature: 1,
    constraints,
    splitCodes: splitCodes([]),
  });
  const logProbability = draw(
    all,
    codes,
    logits,
    { index: 3, context: candidates, attempt: 0, sweep: 0 },
    allBut(sites, candidates),
  );
  return { codes, logProbability };
}

test("a constraint that allows everything changes nothing", () => {
  for (let item = 0; item < 10; item++) {
    const free = codesWith([], item);
    for (const constraint of [
      () => () => undefined,
      () => () => () => true,
      withinValence([999, 999, 999], patternsOf(3)),
    ]) {
      const held = codesWith([constraint], item);
      expect(held.codes).toEqual(free.codes);
      expect(held.logProbability ?? NaN).toBeCloseTo(free.logProbability ?? NaN, 10);
    }
  }
});

test("splits in two parts: the last one splits where nothing else does, and what can come about adds up to 1", () => {
  // Two nodes of mass two, each of which splits or stays.
  const candidates = expand({ ...rootLevel(Int32Array.of(4)), splits: Int32Array.of(2) });
  const splits = splitCodes([]);
  const sites = sitesOf(candidates, { apart: false }).splits.map((at): Site => ({ of: "splits", at }));
  const logits = {
    splits: Float32Array.from({ length: 2 * splits.count }, (_, at) => Math.sin(3 * at)),
    patterns: new Float32Array(candidates.groups.count * patternsOf(1).count),
  };
  const logProbability = (given: readonly number[]): number => {
    const codes = { patterns: Int32Array.of(1), splits: Int32Array.from(given) };
    const known = allBut({ siblings: [], blocks: [], splits: sites.map(({ at }) => at) }, candidates);
    const chosen = { patterns: Int32Array.of(1), splits: new Int32Array(2) };
    const step = { index: 0, context: candidates, attempt: 0, sweep: 0 };
    return sites.reduce((sum, site) => {
      const own = scored(codes, splits)([site], chosen, logits, step, known)!;
      known.splits[site.at] = 1;
      return sum + own;
    }, 0);
  };
  const outcomes = [[1, 0], [0, 1], [1, 1]]; // prettier-ignore
  expect(outcomes.reduce((sum, given) => sum + Math.exp(logProbability(given)), 0)).toBeCloseTo(1, 9);

  const stay = { ...logits, splits: logits.splits.map((_, at) => (at % splits.count === 0 ? 9 : 0)) };
  for (let item = 0; item < 20; item++) {
    const codes = { patterns: Int32Array.of(1), splits: new Int32Array(2) };
    const known = allBut({ siblings: [], blocks: [], splits: [0, 1] }, candidates);
    const choose = drawn({ streams: [randomStream(1, "test")], item, temperature: 1, constraints: [], splitCodes: splits }); // prettier-ignore
    for (const site of sites) {
      choose([site], codes, stay, { index: 0, context: candidates, attempt: 0, sweep: 0 }, known);
      known.splits[site.at] = 1;
    }
    expect(Array.from(codes.splits)).toEqual([0, 1]);
  }
});
