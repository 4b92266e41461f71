import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isNextscaleError } from "@nextscale/engine";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { graphOf, isConnected, permuted } from "../../src/index.js";
import { MOLECULE_LIMITS, type Chemistry } from "../../src/molecule/chemistry.js";
import type { Executor } from "../../src/molecule/executor.js";
import { molblockOf } from "../../src/molecule/molblock.js";
import { moleculeGraph, moleculeParts, remainingValences } from "../../src/molecule/molecule.js";
import { openChemistry } from "../../src/molecule/open-chemistry.js";
import { DESCRIPTORS } from "../../src/molecule/rdkit/descriptors.js";
import type { Outcome } from "../../src/molecule/rdkit/question.js";
import { vocabularyOf } from "../../src/molecule/vocabulary.js";
import { sharedChemistry, sharedExecutor } from "./chemistry.fixture.js";
import { anyGraph, MOLECULES, SMALL_VOCABULARY, withOrder } from "./molecules.fixture.js";

let executor: Executor;
let chemistry: Chemistry;
beforeAll(async () => {
  [executor, chemistry] = [await sharedExecutor(), await sharedChemistry()];
});

function valueOf<T>(outcome: Outcome<T> | undefined): T {
  if (outcome?.ok !== true) throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

const reasonOf = (outcome: Outcome<unknown>) => (outcome.ok ? "ok" : outcome.reason);

/** What no failure may change. */
async function expectSound(): Promise<void> {
  expect((await chemistry.canonicalise(["OCC"])).map(valueOf)).toEqual(["CCO"]);
}

test("a molecule comes back from its graph, whatever the order of its nodes", async () => {
  const parts = (await chemistry.parse(MOLECULES)).map(valueOf);
  const vocabulary = vocabularyOf(parts);
  const expected = (await chemistry.canonicalise(MOLECULES)).map(valueOf);
  await fc.assert(
    fc.asyncProperty(
      fc
        .constantFrom(...parts.keys())
        .chain((i) => fc.tuple(fc.constant(i), withOrder(fc.constant(moleculeGraph(parts[i]!, vocabulary))))),
      async ([i, [graph, order]]) => {
        expect(valueOf((await chemistry.canonicalSmiles([permuted(graph, order)], vocabulary))[0])).toBe(expected[i]);
      },
    ),
  );
});

test("whether a graph is a molecule does not depend on the order of its nodes", async () => {
  let valid = 0;
  await fc.assert(
    fc.asyncProperty(withOrder(anyGraph()), async ([graph, order]) => {
      const [one, other] = await chemistry.canonicalSmiles([graph, permuted(graph, order)], SMALL_VOCABULARY);
      expect(reasonOf(other!)).toBe(reasonOf(one!));
      if (one!.ok) expect(other).toEqual(one);
      if (one!.ok) valid += 1;
    }),
  );
  expect(valid).toBeGreaterThan(10);
});

test("valid is what RDKit reads with the charges it was given", async () => {
  const reasons = new Set<string>();
  await fc.assert(
    fc.asyncProperty(anyGraph(), async (graph) => {
      fc.pre(isConnected(graph));
      const given = moleculeParts(graph, SMALL_VOCABULARY);
      const [canonical] = await chemistry.canonicalSmiles([graph], SMALL_VOCABULARY);
      const [read] = await chemistry.parseMolblocks([molblockOf(given)]);
      const charges = (atoms: readonly { readonly charge: number }[]) => atoms.map(({ charge }) => charge);
      // A charge beyond those modelled is a change too.
      const isSame = read!.ok && charges(read!.value.atoms).join() === charges(given.atoms).join();
      expect(canonical!.ok).toBe(isSame);
      reasons.add(reasonOf(canonical!));
    }),
    { numRuns: 200 },
  );
  expect([...reasons]).toEqual(expect.arrayContaining(["ok", "refused"]));
});

test("within the valences that remain, every connected graph is a molecule", async () => {
  const [organic, refused] = [SMALL_VOCABULARY.slice(0, 6), [] as string[]];
  await fc.assert(
    fc.asyncProperty(anyGraph(organic.length), async (graph) => {
      const [outcome] = await chemistry.canonicalSmiles([graph], organic);
      const fits = remainingValences(graph, organic).every((left) => left >= 0);
      if (fits) expect(reasonOf(outcome!)).toBe("ok");
      else refused.push(reasonOf(outcome!));
    }),
    { numRuns: 200 },
  );
  // Without the mask, most are none.
  expect(refused.filter((reason) => reason !== "ok").length).toBeGreaterThan(0.9 * refused.length);
});

test("what RDKit would make another molecule of is not valid", async () => {
  const nitro = graphOf({ nodeCount: 4, edges: [[0, 1, 0], [1, 2, 1], [1, 3, 1]], nodeLabels: [0, 1, 2, 2] }); // prettier-ignore
  const charged = graphOf({ nodeCount: 4, edges: [[0, 1, 0], [1, 2, 1], [1, 3, 0]], nodeLabels: [0, 3, 2, 4] }); // prettier-ignore
  expect(await chemistry.canonicalSmiles([nitro, charged], SMALL_VOCABULARY)).toEqual([
    { ok: false, reason: "changed", detail: "read as C[N+](=O)[O-]" },
    { ok: true, value: "C[N+](=O)[O-]" },
  ]);
  // What others wrote is taken as RDKit reads it.
  expect((await chemistry.canonicalise(["CN(=O)=O"])).map(valueOf)).toEqual(["C[N+](=O)[O-]"]);
});

test("what is no molecule says why", async () => {
  const pentavalent = graphOf({ nodeCount: 6, edges: [1, 2, 3, 4, 5].map((i) => [0, i] as const) });
  const two = graphOf({ nodeCount: 2, edges: [] });
  const none = graphOf({ nodeCount: 0, edges: [] });
  const long = graphOf({ nodeCount: 251, edges: Array.from({ length: 250 }, (_, i) => [i, i + 1] as const) });
  expect(await chemistry.canonicalSmiles([pentavalent, two, none, long], SMALL_VOCABULARY)).toEqual([
    { ok: false, reason: "refused", detail: "Explicit valence for atom # 0 C, 5, is greater than permitted" },
    { ok: false, reason: "fragments", detail: "2 fragments" },
    { ok: false, reason: "empty", detail: "no atoms" },
    { ok: false, reason: "too-large", detail: "251 atoms and 250 bonds" },
  ]);
  const texts = {
    "": "empty",
    "CC.O": "fragments",
    "C(C)(C)(C)(C)C": "refused",
    c1cccc1: "refused",
    C1CC: "refused",
    None: "refused",
    "C C": "refused",
    "C\nM  END": "refused",
    '{"rdkitjson":1}': "refused",
    ["C".repeat(MOLECULE_LIMITS.smiles + 1)]: "too-large",
    ["C".repeat(1_000_000)]: "too-large",
  };
  expect((await chemistry.canonicalise(Object.keys(texts))).map(reasonOf)).toEqual(Object.values(texts));
  await expectSound();
});

test("parsing kekulises, keeps charges and says what is not modelled", async () => {
  const benzene = valueOf((await chemistry.parse(["c1ccccc1"]))[0]);
  expect(benzene.bonds.map(([, , order]) => order).sort()).toEqual([1, 1, 1, 2, 2, 2]);
  expect(valueOf((await chemistry.parse(["C[N+](=O)[O-]"]))[0]).atoms).toEqual([
    { element: "C", charge: 0 },
    { element: "N", charge: 1 },
    { element: "O", charge: 0 },
    { element: "O", charge: -1 },
  ]);
  const unmodelled = [
    "[CH3]",
    "[CH2]C",
    "[13CH4]",
    "[2H]C",
    "[Fe]",
    "*C",
    "[H][H]",
    "[C+2]",
    "C$C",
    "C->[Fe]",
    "[SH4]",
  ];
  expect((await chemistry.parse(unmodelled)).map(reasonOf)).toEqual(unmodelled.map(() => "unmodelled"));
  expect((await chemistry.parse(["CC.O", "C[C@H](N)O", "[H]C"])).map(reasonOf)).toEqual(["ok", "ok", "ok"]);
});

test("what is known of aspirin", async () => {
  const aspirin = ["CC(=O)Oc1ccccc1C(=O)O"];
  const values = valueOf((await chemistry.descriptors(aspirin))[0]);
  const named = Object.fromEntries(DESCRIPTORS.map((name, i) => [name, values[i]]));
  // Python's RDKit 2026.09.1.
  expect(named["amw"]).toBeCloseTo(180.159, 6);
  expect(named["CrippenClogP"]).toBeCloseTo(1.3101, 6);
  expect(named["tpsa"]).toBeCloseTo(63.6, 6);
  expect(named["NumRotatableBonds"]).toBe(2);
  expect(valueOf((await chemistry.fingerprints(["CCO"], 1024))[0])).toEqual([33, 80, 222, 294, 386, 807]);
  const [drawing] = await chemistry.drawings(aspirin, { width: 120, height: 90 });
  expect(valueOf(drawing)).toMatch(/<svg[^]*width='120px' height='90px'[^]*bond-0/);
  expect((await chemistry.fragments(["CC.O.C"])).map(valueOf)).toEqual([["CC", "O", "C"]]);
  const block = valueOf((await chemistry.molblocks(aspirin))[0]);
  const back = (await chemistry.parseMolblocks([block])).map(valueOf);
  const vocabulary = vocabularyOf(back);
  expect((await chemistry.canonicalSmiles([moleculeGraph(back[0]!, vocabulary)], vocabulary)).map(valueOf)).toEqual(
    aspirin,
  );
});

test("molfiles are looked at before RDKit sees them", async () => {
  const block = valueOf((await chemistry.molblocks(["CCO"]))[0]);
  const blocks = [
    "",
    "CCO",
    block.replace("V2000", "V3000"),
    block.replace("M  END", ""),
    block.replace(/^ {2}3 {2}2/m, "251  2"),
    block.replace(" O ", " Fe"),
    " ".repeat(MOLECULE_LIMITS.molblock + 1),
  ];
  const reasons = ["refused", "refused", "refused", "refused", "too-large", "unmodelled", "too-large"];
  expect((await chemistry.parseMolblocks(blocks)).map(reasonOf)).toEqual(reasons);
});

test("no damaged SMILES harms RDKit", async () => {
  const bytes = (smiles: string) => fc.tuple(fc.constant(smiles), fc.array(fc.tuple(fc.nat(), fc.nat({ max: 126 })), { minLength: 1, maxLength: 3 })); // prettier-ignore
  const damaged = fc.constantFrom(...MOLECULES).chain(bytes).map(([smiles, changes]) => {
    const characters = [...smiles];
    for (const [at, code] of changes) characters[at % characters.length] = String.fromCharCode(code);
    return characters.join("");
  }); // prettier-ignore
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(damaged, { minLength: 50, maxLength: 50 }), async (smiles) => {
      const outcomes = [await chemistry.parse(smiles), await chemistry.canonicalise(smiles)].flat();
      refused += outcomes.filter((outcome) => !outcome.ok && outcome.reason === "refused").length;
      expect(outcomes.map(reasonOf)).not.toContain("failed");
      await expectSound();
    }),
    { numRuns: 10 },
  );
  expect(refused).toBeGreaterThan(200);
});

test("RDKit is replaced when a molecule breaks it", async () => {
  // Past the caps, which is what they are for: a chain of 5000 atoms overruns the stack, and for good.
  const texts = ["OCC", "C".repeat(5000), "CO"];
  const outcomes = await executor.run({ kind: "canonical" }, texts);
  expect(outcomes.map(reasonOf)).toEqual(["ok", "failed", "ok"]);
  await expectSound();
});

test("what is asked wrongly is told", async () => {
  await expect(chemistry.fingerprints(["C"], 1)).rejects.toThrow("bits to be a whole number from 64 to 16384");
  await expect(chemistry.drawings(["C"], { width: 1, height: 100 })).rejects.toThrow("width to be");
  await expect((async () => chemistry.parse([1 as unknown as string]))()).rejects.toThrow(
    "expected texts of molecules",
  );
});

test("RDKit loads from bytes and from an address, and not from anything else", async () => {
  const path = fileURLToPath(import.meta.resolve("@rdkit/rdkit/RDKit_minimal.wasm"));
  for (const wasm of [new Uint8Array(readFileSync(path)), path]) {
    const other = await openChemistry({ wasm });
    expect(other.version).toBe(chemistry.version);
    expect((await other.canonicalise(["OCC"])).map(valueOf)).toEqual(["CCO"]);
    await other.close();
    await other.close();
    await expect(other.parse(["C"])).rejects.toThrow("expected an open chemistry");
  }
  // The second is a module of WebAssembly, without anything in it.
  for (const wasm of [new Uint8Array(8), Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0), `${path}.absent`]) {
    await expect(openChemistry({ wasm })).rejects.toSatisfy((error) => isNextscaleError(error, "engine-unavailable"));
  }
});
