import { expect, test } from "vitest";
import { moleculeGraph } from "../../src/molecule/molecule.js";
import { openChemistry } from "../../src/molecule/open-chemistry.js";
import { vocabularyOf } from "../../src/molecule/vocabulary.js";

const [WARM_UP, RUNS] = [500, 20_000];

test("RDKit's memory does not grow with the molecules it has seen", async () => {
  const chemistry = await openChemistry();
  const [aspirin] = await chemistry.parse(["CC(=O)Oc1ccccc1C(=O)O"]);
  if (aspirin?.ok !== true) throw new Error("aspirin is a molecule");
  const vocabulary = vocabularyOf([aspirin.value]);
  const graph = moleculeGraph(aspirin.value, vocabulary);
  // Answered and refused ones: both leave nothing behind.
  const see = async (count: number) => {
    await chemistry.canonicalSmiles(Array(count).fill(graph), vocabulary);
    await chemistry.canonicalise(Array(count / 10).fill("c1ccc1c"));
    await chemistry.fragments(Array(count / 10).fill("CC.O"));
  };
  await see(WARM_UP);
  const before = process.memoryUsage().external;
  await see(RUNS);
  // Kept molecules would take 6 kB each, 120 MB; WebAssembly's memory grows by a fifth at a time and never shrinks.
  expect(process.memoryUsage().external - before).toBeLessThan(2_000_000);
  await chemistry.close();
});
