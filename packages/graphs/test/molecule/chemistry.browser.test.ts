import { expect, test } from "vitest";
import { openChemistry } from "../../src/molecule/open-chemistry.js";

test("RDKit answers in a page that says where its WebAssembly is", async () => {
  const wasm = new URL("../../../../node_modules/@rdkit/rdkit/dist/RDKit_minimal.wasm", import.meta.url).href;
  const chemistry = await openChemistry({ wasm });
  expect(await chemistry.canonicalise(["OCC", "", "C".repeat(100_000)])).toMatchObject([
    { ok: true, value: "CCO" },
    { ok: false, reason: "empty" },
    { ok: false, reason: "too-large" },
  ]);
  await chemistry.close();
});
