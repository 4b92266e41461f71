import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { Chemistry } from "../../src/molecule/chemistry.js";
import { fingerprintsOf, forEachSimilarityRow, selectFingerprints } from "../../src/molecule/fingerprints.js";
import { continuousDivergence, discreteDivergence } from "../../src/molecule/kl-divergence.js";
import { fitSimilarity, innerSimilarity } from "../../src/molecule/similarity.js";
import { sharedChemistry } from "./chemistry.fixture.js";

let chemistry: Chemistry;
beforeAll(async () => {
  chemistry = await sharedChemistry();
});

const row = fc.uniqueArray(fc.nat({ max: 63 }), { maxLength: 10 }).map((bits) => bits.sort((a, b) => a - b));
const rows = fc.array(row, { minLength: 2, maxLength: 8 });

test("similarities are shared bits over all bits of a pair", () => {
  fc.assert(
    fc.property(rows, rows, (a, b) => {
      forEachSimilarityRow(fingerprintsOf(a, 64), fingerprintsOf(b, 64), (i, similarities) => {
        const expected = b.map((other) => {
          const union = new Set([...a[i]!, ...other]).size;
          return union === 0 ? 1 : a[i]!.filter((bit) => other.includes(bit)).length / union;
        });
        expect(Array.from(similarities)).toEqual(expected);
      });
    }),
  );
});

test("the biased discrepancy is zero of a set with itself and never negative; order means nothing", () => {
  fc.assert(
    fc.property(rows, rows, (a, b) => {
      const [x, y] = [fingerprintsOf(a, 64), fingerprintsOf(b, 64)];
      const metric = fitSimilarity(x);
      expect(metric.score(x).mmdBiased).toBeCloseTo(0, 12);
      const inner = innerSimilarity(y);
      const across = fitSimilarity(y).score(x).mmdBiased;
      expect(metric.score(y, inner).mmdBiased).toBeCloseTo(across, 12);
      const reversed = metric.score(fingerprintsOf(b.toReversed(), 64));
      expect(reversed.mmdUnbiased).toBeCloseTo(metric.score(y).mmdUnbiased, 12);
      expect(reversed.nearestNeighbour).toBeCloseTo(metric.score(y).nearestNeighbour, 12);
    }),
  );
});

test("similarities of two small sets, by Python", async () => {
  const a = ["CCO", "c1ccccc1", "CC(=O)Oc1ccccc1C(=O)O", "CN1C=NC2=C1C(=O)N(C(=O)N2C)C", "C1CCCCC1", "CC(C)Cc1ccc(cc1)C(C)C(=O)O"]; // prettier-ignore
  const b = ["CCN", "c1ccncc1", "CC(=O)Nc1ccc(O)cc1", "C1CCNCC1", "OCC1OC(O)C(O)C(O)C1O"];
  const of = async (smiles: string[]) => {
    const outcomes = await chemistry.fingerprints(smiles, 1024);
    return fingerprintsOf(outcomes.map((outcome) => (outcome.ok ? outcome.value : [])), 1024); // prettier-ignore
  };
  const samples = await of(a);
  const inner = innerSimilarity(samples);
  const score = fitSimilarity(await of(b)).score(samples, inner);
  // RDKit 2026.09.1 and numpy, with the formulae of MOSES.
  expect(score.nearestNeighbour).toBeCloseTo(0.2533874533874534, 12);
  expect(inner.diversity1).toBeCloseTo(0.7837339584430978, 12);
  expect(inner.diversity2).toBeCloseTo(0.5845500731770026, 12);
  expect(score.mmdUnbiased).toBeCloseTo(-0.07621515643159302, 12);
  expect(score.mmdBiased).toBeCloseTo(0.27667704170243296, 12);
});

test("fingerprints that cannot be are told", () => {
  expect(() => fingerprintsOf([[3, 2]], 64)).toThrow("ascending bits");
  expect(() => fingerprintsOf([[64]], 64)).toThrow("ascending bits");
  expect(() => forEachSimilarityRow(fingerprintsOf([], 64), fingerprintsOf([], 128), () => undefined)).toThrow(
    "64 bits",
  );
  expect(() => fitSimilarity(fingerprintsOf([[1]], 64))).toThrow("at least 2 molecules");
  expect(() => innerSimilarity(fingerprintsOf([], 64))).toThrow("at least 1 molecules");
  const some = fingerprintsOf([[1, 2], [], [5]], 64);
  expect(selectFingerprints(some, [2, 0])).toEqual(fingerprintsOf([[5], [1, 2]], 64));
});

test("divergences are those of scipy and numpy as GuacaMol calls them", () => {
  const [a, b] = [[0.1, 0.4, 1.3, 2.2, 2.5, 3.9, 4.0], [0.0, 0.9, 1.0, 1.1, 2.0, 5.5]]; // prettier-ignore
  expect(continuousDivergence(a, b)).toBeCloseTo(0.07978970441758876, 10);
  expect(continuousDivergence(b, a)).toBeCloseTo(0.07349049593046808, 10);
  const [c, d] = [[0, 1, 1, 2, 3, 3, 3, 7], [0, 0, 1, 2, 4, 5, 9]]; // prettier-ignore
  expect(discreteDivergence(c, d)).toBeCloseTo(11.006324128132356, 10);
  expect(discreteDivergence(d, c)).toBeCloseTo(9.254739513816757, 10);
  expect(discreteDivergence([2, 2, 2], [2, 2, 1])).toBeCloseTo(0, 12);
});

test("divergences of sets without spread, and of sets that never meet", () => {
  expect(continuousDivergence([2, 2], [2, 2, 2])).toBe(0);
  expect(continuousDivergence([0.1, 0.1, 0.1], [2, 3])).toBe(Infinity);
  expect(discreteDivergence([0, 1], [5, 6])).toBe(Infinity);
});
