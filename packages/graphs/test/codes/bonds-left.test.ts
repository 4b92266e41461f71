import { randomStream } from "@nextscale/refinement-core";
import { expect, test } from "vitest";
import { bondsLeft, openBlocks } from "../../src/codes/bonds-left.js";
import { codingOf, encodeGraph } from "../../src/codes/encode-graph.js";
import { degreeOf, GRAPH_PRESETS, largestValence, moleculeGraph, remainingValences } from "../../src/index.js";
import type { MoleculeParts } from "../../src/index.js";

const preset = GRAPH_PRESETS.qm9.model;
const valences = preset.atoms.map(largestValence);
const { patterns, config } = codingOf({
  ...preset,
  sizes: [0, 0, 0, 0, 0, 0, 1],
  labelShares: preset.atoms.map(() => 1 / preset.atoms.length),
  formulas: [],
  divisions: [],
});
const [C, N] = [
  { element: "C", charge: 0 },
  { element: "N", charge: 0 },
] as const;
/** Pyrrole with a nitrile on it. */
const parts: MoleculeParts = {
  atoms: [N, C, C, C, C, C, N],
  bonds: [
    [0, 1, 1],
    [1, 2, 2],
    [2, 3, 1],
    [3, 4, 2],
    [4, 0, 1],
    [4, 5, 1],
    [5, 6, 3],
  ],
};
const molecule = moleculeGraph(parts, preset.atoms);
const levels = encodeGraph(molecule, codingOf(config), { stream: randomStream(1, "test/keys"), item: 0 });
const known = ({ candidates }: (typeof levels)[number], value: number) => ({
  patterns: new Uint8Array(candidates.groups.count).fill(value),
  splits: new Uint8Array(candidates.mass.length).fill(value),
});

test("of a whole molecule each atom has left what its valence has room for", () => {
  const finest = levels.at(-1)!;
  const left = bondsLeft({ ...finest, known: known(finest, 1) }, valences, patterns.digits);
  const sorted = (counts: Int32Array) => [...counts].sort((a, b) => a - b);
  expect(sorted(left)).toEqual(sorted(remainingValences(molecule, preset.atoms)));
});

test("before edges have labels each takes one bond at least, and nothing is taken of what is not known", () => {
  const plain = levels.at(-2)!;
  const [all, none] = [1, 0].map((value) => bondsLeft({ ...plain, known: known(plain, value) }, valences, patterns.digits)); // prettier-ignore
  const degrees = Array.from({ length: 7 }, (_, v) => degreeOf(molecule, v));
  const total = (counts: ArrayLike<number>) => Array.from(counts).reduce((sum, n) => sum + n, 0);
  expect(total(none!)).toBe(5 * 4 + 2 * 3);
  expect(total(all!)).toBe(total(none!) - total(degrees));
});

test("each block that is open wants a bond at either end", () => {
  for (const level of levels) {
    const { forms, between, count } = level.candidates.groups;
    const wanted = new Int32Array(level.candidates.parents.length);
    for (let at = 0; at < 2 * count; at++) if (forms[at >> 1] !== 0) wanted[between[at]!]! += 1;
    expect(openBlocks({ ...level, known: known(level, 0) })).toEqual(wanted);
    expect(openBlocks({ ...level, known: known(level, 1) }).every((open) => open === 0)).toBe(true);
  }
});
