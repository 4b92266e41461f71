import { isNextscaleError } from "@nextscale/engine";
import { expect, test } from "vitest";
import { GRAPH_PRESETS, graphOf } from "../../src/index.js";
import { moleculeGraph, moleculeParts, remainingValences } from "../../src/molecule/molecule.js";
import type { AtomType } from "../../src/molecule/valence.js";
import { atomName, atomTypes, parseVocabulary, vocabularyOf } from "../../src/molecule/vocabulary.js";

const carbon: AtomType = { element: "C", charge: 0 };
const ammonium: AtomType = { element: "N", charge: 1 };
const oxide: AtomType = { element: "O", charge: -1 };
const nitromethane = {
  atoms: [carbon, ammonium, { element: "O", charge: 0 }, oxide],
  bonds: [[0, 1, 1], [1, 2, 2], [1, 3, 1]], // prettier-ignore
} as const;

test("a vocabulary does not depend on the order of the molecules", () => {
  const others = { atoms: [oxide, carbon], bonds: [[0, 1, 1]] } as const;
  const vocabulary = vocabularyOf([nitromethane, others]);
  expect(vocabulary.map(atomName)).toEqual(["C", "N+", "O-", "O"]);
  expect(vocabularyOf([others, nitromethane])).toEqual(vocabulary);
  expect(parseVocabulary(JSON.parse(JSON.stringify(vocabulary)))).toEqual(vocabulary);
});

test.each([
  [[], "Too small"],
  [[{ element: "Fe", charge: 0 }], "Invalid option"],
  [[{ element: "C", charge: 2 }], "Invalid input"],
  [[carbon, carbon], "each atom type once"],
  [[{ ...carbon, mass: 12 }], "Unrecognized key"],
  ["C", "expected array"],
])("a vocabulary is not %j", (value, message) => {
  expect(() => parseVocabulary(value)).toThrow(message);
});

test("a molecule is the same as a graph", () => {
  const vocabulary = vocabularyOf([nitromethane]);
  const graph = moleculeGraph(nitromethane, vocabulary);
  expect(Array.from(graph.nodeLabels)).toEqual([0, 1, 3, 2]);
  expect(moleculeParts(graph, vocabulary)).toEqual(nitromethane);
  expect(Array.from(remainingValences(graph, vocabulary))).toEqual([3, 0, 0, 0]);
});

test("an atom outside the vocabulary and labels without meaning are told", () => {
  const message =
    "graphs/moleculeGraph: expected atoms among C, got N+; fit the vocabulary on data that has this atom, or leave the molecule out";
  expect(() => moleculeGraph(nitromethane, [carbon])).toThrow(message);
  const bondless = graphOf({ nodeCount: 2, edges: [[0, 1, 3]] });
  expect(() => moleculeParts(bondless, [carbon])).toThrow("bonds of order 1, 2 or 3");
  expect(() => remainingValences(graphOf({ nodeCount: 1, edges: [], nodeLabels: [1] }), [carbon])).toThrow(
    "node labels from 0 to 0, got 1",
  );
  const aromatic = { atoms: [carbon, carbon], bonds: [[0, 1, 1.5]] } as const;
  let error: unknown;
  try {
    moleculeGraph(aromatic, [carbon]);
  } catch (thrown) {
    error = thrown;
  }
  expect(isNextscaleError(error, "invalid-data")).toBe(true);
});

test("atom types by name are what they are called", () => {
  const names = "C- C N+ Cl Br";
  expect(atomTypes(names).map(atomName).join(" ")).toBe(names);
  for (const { model } of Object.values(GRAPH_PRESETS)) {
    if ("atoms" in model) expect(parseVocabulary(model.atoms)).toHaveLength(model.nodeLabels);
  }
});
