import { expect, test } from "vitest";
import { molblockOf } from "../../src/molecule/molblock.js";
import {
  CHARGES,
  elementOf,
  ELEMENTS,
  implicitHydrogens,
  largestValence,
  type AtomType,
  type ElementSymbol,
} from "../../src/molecule/valence.js";
import { sharedExecutor } from "./chemistry.fixture.js";

const MOST_NEIGHBOURS = 8;

/** An atom with some carbons around it. */
function star(type: AtomType, neighbours: number): string {
  const carbons = Array<AtomType>(neighbours).fill({ element: "C", charge: 0 });
  const bonds = carbons.map((_, i) => [0, i + 1, 1] as const);
  return molblockOf({ atoms: [type, ...carbons], bonds });
}

test("an atom takes the bonds and gets the hydrogens that RDKit gives it", async () => {
  const executor = await sharedExecutor();
  for (const element of Object.keys(ELEMENTS) as ElementSymbol[]) {
    for (const charge of CHARGES) {
      const type = { element, charge };
      const blocks = Array.from({ length: MOST_NEIGHBOURS + 1 }, (_, bonds) => star(type, bonds));
      // What RDKit accepts is `refused` never, and `unmodelled` where hydrogens are other than `implicitHydrogens` says.
      const accepted = (await executor.run({ kind: "parts" }, blocks)).map((outcome) =>
        outcome.ok ? "as expected" : outcome.reason,
      );
      const expected = blocks.map((_, bonds) =>
        implicitHydrogens(type, bonds) === undefined ? "refused" : "as expected",
      );
      expect({ element, charge, accepted }).toEqual({ element, charge, accepted: expected });
      expect(expected.lastIndexOf("as expected")).toBe(largestValence(type));
    }
  }
});

test.each([
  ["C", 0, 4],
  ["N", 0, 3],
  ["N", 1, 4],
  ["O", 0, 2],
  ["O", -1, 1],
  ["O", 1, 3],
  ["F", 0, 1],
  ["S", 0, 6],
  ["P", 0, 5],
] as const)("%s with charge %i has a valence of at most %i", (element, charge, valence) => {
  expect(largestValence({ element, charge })).toBe(valence);
});

test("hydrogens fill up to the least valence that is left", () => {
  const sulphur = { element: "S", charge: 0 } as const;
  expect([0, 1, 2, 3, 4, 5, 6, 7].map((bonds) => implicitHydrogens(sulphur, bonds))).toEqual([
    2,
    1,
    0,
    1,
    0,
    1,
    0,
    undefined,
  ]);
  expect(implicitHydrogens({ element: "C", charge: 2 }, 0)).toBeUndefined();
});

test("elements are found by their numbers", () => {
  for (const [symbol, number] of Object.entries(ELEMENTS)) expect(elementOf(number)).toBe(symbol);
  expect([elementOf(0), elementOf(1), elementOf(26)]).toEqual([undefined, undefined, undefined]);
});
