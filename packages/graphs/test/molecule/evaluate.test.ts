import { isNextscaleError } from "@nextscale/engine";
import { beforeAll, expect, test } from "vitest";
import type { Chemistry } from "../../src/molecule/chemistry.js";
import { evaluateMolecules, fitMoleculeMetrics, sharesOf } from "../../src/molecule/evaluate.js";
import type { Outcome } from "../../src/molecule/rdkit/question.js";
import { sharedChemistry } from "./chemistry.fixture.js";
import { every, testWithData } from "./molecule-data.fixture.js";

let chemistry: Chemistry;
beforeAll(async () => {
  chemistry = await sharedChemistry();
});

const QM9 = "qm9/qm9.smi.gz";
const DIGRESS = "digress_qm9_samples/digress_qm9_samples.smi.gz";
const ZINC = "zinc250k/zinc250k.smi.gz";

const ok = (value: string): Outcome<string> => ({ ok: true, value });
const fragments: Outcome<string> = { ok: false, reason: "fragments", detail: "2 fragments" };

test("shares are of all samples, of the valid and of the unique", () => {
  const shares = sharesOf([ok("C"), ok("C"), ok("CC"), ok("CO"), fragments], new Set(["C"]));
  expect(shares.valid).toMatchObject({ count: 4, of: 5 });
  expect(shares.fragments).toMatchObject({ count: 1, of: 5 });
  expect(shares.unique).toMatchObject({ count: 3, of: 4 });
  expect(shares.novel).toMatchObject({ count: 2, of: 3 });
  expect(shares.validUniqueNovel).toMatchObject({ count: 2, of: 5 });
  expect(shares.invalid).toEqual({ fragments: 1 });
  expect(sharesOf([], new Set()).valid).toBeNull();
});

testWithData([QM9, DIGRESS], "DiGress's samples are as valid, unique and novel as Python finds them", async (lines) => {
  const known = (await chemistry.canonicalise(lines(QM9).slice(0, 1500))).map((outcome) => (outcome.ok ? outcome.value : "")); // prettier-ignore
  const shares = sharesOf(await chemistry.canonicalise(lines(DIGRESS).slice(0, 1500)), new Set(known));
  // Python's RDKit 2026.09.1 on the same lines. All 10,000 are 99.21 % valid, 96.88 % of these unique, and 25.60 % of those not
  // in QM9, here as in golden_metrics.json.
  expect(shares.valid).toMatchObject({ count: 1492, of: 1500 });
  expect(shares.unique).toMatchObject({ count: 1488, of: 1492 });
  expect(shares.novel).toMatchObject({ count: 1472, of: 1488 });
});

testWithData([QM9, DIGRESS, ZINC], "real molecules score near the floor, and others far from it", async (lines) => {
  const qm9 = lines(QM9);
  const [train, test, fresh] = [every(1300, qm9), every(1300, qm9, 400), every(1300, qm9, 800)];
  const metrics = await fitMoleculeMetrics({ chemistry, train, test, most: 100, seed: 3 });
  const score = async (smiles: string[]) => metrics.score(await chemistry.canonicalise(smiles));
  const real = await score(fresh.slice(0, 100));
  const drugs = await score(every(1000, lines(ZINC)).slice(0, 100).concat("CC.O"));
  // Plain data.
  expect(JSON.parse(JSON.stringify(real))).toEqual(real);
  expect(drugs.compared).toEqual({ samples: 100, floor: 100, train: 100, test: 100 });
  expect(real.real).toEqual(drugs.real);
  expect(drugs.samples.fragments!.count).toBe(1);
  const floor = drugs.floor!;
  const near = real.distances!;
  for (const name of ["frechetDescriptors", "frechetMorgan"] as const) {
    expect(near[name]).toBeLessThan(1.5 * floor[name]);
    expect(drugs.distances![name]).toBeGreaterThan(2 * floor[name]);
  }
  expect(Math.abs(near.tanimotoMmd.unbiased)).toBeLessThan(0.01);
  expect(near.klScore).toBeGreaterThan(0.8);
  expect(near.nearestNeighbour).toBeGreaterThan(1.2 * drugs.distances!.nearestNeighbour);
  expect(drugs.distances!.tanimotoMmd.unbiased).toBeGreaterThan(0.05);
  expect(drugs.distances!.klScore).toBeLessThan(0.5);
  expect(drugs.distances!.scaffoldSimilarity).toBeLessThan(real.distances!.scaffoldSimilarity);
  expect(real.distances!.internalDiversity[0]).toBeCloseTo(floor.internalDiversity[0], 1);
});

test("too few molecules have no distances, and sets without any are told", async () => {
  const sets = { chemistry, train: ["C", "CC", "CCC", "CCO"], test: ["CO", "CN", "C1CC1"] };
  for (const samples of [[], [ok("CCF"), ok("CCF"), fragments]]) {
    const report = await evaluateMolecules({ ...sets, samples });
    expect(report.distances).toBeNull();
  }
  for (const train of [[], ["C"], ["C", "C", "nonsense"]]) {
    await expect(fitMoleculeMetrics({ ...sets, train })).rejects.toSatisfy((e) => isNextscaleError(e, "invalid-data"));
  }
  await expect(fitMoleculeMetrics({ ...sets, most: 1 })).rejects.toThrow("most to be a whole number from 2 to 30000");
});
