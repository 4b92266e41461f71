import { beforeAll, expect, test } from "vitest";
import { graphOf } from "../../src/index.js";
import type { Chemistry } from "../../src/molecule/chemistry.js";
import { scaffoldSimilarity } from "../../src/molecule/scaffold-similarity.js";
import { murckoScaffold, scaffolds } from "../../src/molecule/scaffold.js";
import { sharedChemistry } from "./chemistry.fixture.js";

let chemistry: Chemistry;
beforeAll(async () => {
  chemistry = await sharedChemistry();
});

/** By Python's RDKit 2026.09.1, `GetScaffoldForMol`, which agrees on 4,997 of 5,005 molecules of QM9 and ZINC250k. */
const KNOWN: Readonly<Record<string, string>> = {
  "CC(C)(C)c1ccc2occ(CC(=O)Nc3ccccc3F)c2c1": "O=C(Cc1coc2ccccc12)Nc1ccccc1",
  "C[C@@H]1CC(Nc2cncc(-c3nncn3C)c2)C[C@@H](C)C1": "c1nnc(-c2cncc(NC3CCCCC3)c2)[nH]1",
  "C=C1CCCC1C": "C=C1CCCC1",
  "CC=C1CCCC1": "C=C1CCCC1",
  "CS(=O)(=O)c1ccccc1": "c1ccccc1",
  "O=S(=O)(c1ccccc1)c1ccccc1": "O=S(=O)(c1ccccc1)c1ccccc1",
  "C[N+]1(C)CCCC1": "C1CC[NH2+]C1",
};

test("scaffolds are those of RDKit", async () => {
  const outcomes = await scaffolds(chemistry, Object.keys(KNOWN));
  expect(outcomes.map((outcome) => outcome.ok && outcome.value)).toEqual(Object.values(KNOWN));
});

test("hydrogens fill up what is cut off a charged atom, which RDKit leaves open", async () => {
  const [outcome] = await scaffolds(chemistry, ["C[NH+]=C1CCCC1"]);
  expect(outcome).toEqual({ ok: true, value: "[NH2+]=C1CCCC1" });
});

test("a molecule without rings has none, and what is no molecule neither", async () => {
  const outcomes = await scaffolds(chemistry, ["CC(C)CCO", "C1CC", "C1CC1"]);
  expect(outcomes.map((outcome) => (outcome.ok ? outcome.value : outcome.reason))).toEqual([
    "empty",
    "refused",
    "C1CC1",
  ]);
});

test("a scaffold is its own scaffold, and a tree's is empty", () => {
  const bicycle = graphOf({ nodeCount: 9, edges: [[0, 1], [1, 2], [2, 0], [2, 3], [3, 4], [4, 5], [5, 3], [0, 6], [6, 7], [4, 8, 1]] }); // prettier-ignore
  const scaffold = murckoScaffold(bicycle);
  expect([scaffold.nodeCount, scaffold.edgeCount]).toEqual([7, 8]);
  expect(murckoScaffold(scaffold)).toEqual(scaffold);
  expect(murckoScaffold(graphOf({ nodeCount: 4, edges: [[0, 1], [1, 2], [1, 3]] })).nodeCount).toBe(0); // prettier-ignore
});

test("similarity of scaffolds is the cosine of their counts", () => {
  expect(scaffoldSimilarity(["a", "a", "b", null], ["a", "c"])).toBeCloseTo(2 / Math.sqrt(5 * 2), 12);
  expect(scaffoldSimilarity(["a", "b"], ["b", "a", "a", "b"])).toBeCloseTo(1, 12);
  expect(scaffoldSimilarity(["a"], ["b"])).toBe(0);
  expect(scaffoldSimilarity([null], ["b"])).toBe(0);
});
