import type { MainModule } from "@rdkit/rdkit";
import { expect, test } from "vitest";
import { moleculeGraph } from "../../src/molecule/molecule.js";
import { openChemistry } from "../../src/molecule/open-chemistry.js";
import { vocabularyOf } from "../../src/molecule/vocabulary.js";

const [WARM_UP, RUNS] = [500, 20_000];

/** Bytes of WebAssembly's memory, which grows by a fifth at a time and never shrinks. */
const MOST_GROWTH = 2_000_000;

test("RDKit's memory does not grow with the molecules it has seen", async () => {
  const chemistry = await openChemistry();
  const [acetamide] = await chemistry.parse(["CC(N)=O"]);
  if (acetamide?.ok !== true) throw new Error("acetamide is a molecule");
  const vocabulary = vocabularyOf([acetamide.value]);
  const graph = moleculeGraph(acetamide.value, vocabulary);
  // Answered and refused ones: both leave nothing behind.
  const see = async (count: number) => {
    await chemistry.canonicalSmiles(Array<typeof graph>(count / 2).fill(graph), vocabulary);
    await chemistry.parse(Array<string>(count / 5).fill("CC(N)=O"));
    await chemistry.canonicalise(Array<string>(count / 5).fill("c1ccc1c"));
    await chemistry.fragments(Array<string>(count / 10).fill("CC.O"));
  };
  await see(WARM_UP);
  const before = process.memoryUsage().external;
  await see(RUNS);
  expect(process.memoryUsage().external - before).toBeLessThan(MOST_GROWTH);
  await chemistry.close();
}, 120_000);

test("a molecule that is not deleted would be seen", async () => {
  const { default: open } = (await import("@rdkit/rdkit")) as unknown as { default: () => Promise<MainModule> };
  const rdkit = await open();
  const before = process.memoryUsage().external;
  for (let i = 0; i < RUNS; i++) rdkit.get_mol("CC(N)=O");
  expect(process.memoryUsage().external - before).toBeGreaterThan(MOST_GROWTH);
});
