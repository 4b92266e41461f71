import { beforeAll, expect } from "vitest";
import type { Chemistry } from "../../src/molecule/chemistry.js";
import { moleculeGraph } from "../../src/molecule/molecule.js";
import { atomName, vocabularyOf } from "../../src/molecule/vocabulary.js";
import { sharedChemistry } from "./chemistry.fixture.js";
import { every, testWithData } from "./molecule-data.fixture.js";

let chemistry: Chemistry;
beforeAll(async () => {
  chemistry = await sharedChemistry();
});

/** How many molecules are the same after SMILES, graph, SMILES; and the vocabulary of those that are graphs. */
async function roundTrip(smiles: readonly string[], withCharges = true) {
  const parsed = await chemistry.parse(smiles);
  const parts = parsed.map((outcome) => {
    if (!outcome.ok) return { atoms: [], bonds: [] };
    const { atoms, bonds } = outcome.value;
    return withCharges ? { atoms, bonds } : { atoms: atoms.map((atom) => ({ ...atom, charge: 0 })), bonds };
  });
  const vocabulary = vocabularyOf(parts);
  const graphs = parts.map((molecule) => moleculeGraph(molecule, vocabulary));
  const back = await chemistry.canonicalSmiles(graphs, vocabulary);
  const expected = await chemistry.canonicalise(smiles);
  const same = back.filter((outcome, i) => {
    const wanted = expected[i]!;
    return outcome.ok && wanted.ok && outcome.value === wanted.value;
  });
  return { same: same.length, vocabulary: vocabulary.map(atomName).join(" ") };
}

testWithData(["qm9/qm9.smi.gz"], "QM9 is the same molecules as graphs, and without charges is not", async (lines) => {
  const smiles = every(301, lines("qm9/qm9.smi.gz"));
  // All 133,885 are, with the charges of C- N- N+ O-.
  expect((await roundTrip(smiles)).same).toBe(smiles.length);
  // 98.62 % of all, in golden_metrics.json.
  const { same } = await roundTrip(smiles, false);
  expect(same / smiles.length).toBeGreaterThan(0.96);
  expect(same / smiles.length).toBeLessThan(0.999);
});

testWithData(["zinc250k/zinc250k.smi.gz"], "ZINC250k is the same molecules as graphs", async (lines) => {
  const smiles = every(1201, lines("zinc250k/zinc250k.smi.gz"));
  const { same, vocabulary } = await roundTrip(smiles);
  // Of every 25th, 9,978 of 9,979: RDKit keeps a phosphorus with two hydrogens more than its valence asks for.
  expect(same).toBe(smiles.length);
  expect(vocabulary).toMatch(/^C .*N N\+ O- O F S.* Cl Br/);
});
