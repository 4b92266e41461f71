import { isNextscaleError } from "@nextscale/engine";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Chemistry } from "../../src/molecule/chemistry.js";
import { evaluateMolecules, fitMoleculeMetrics, sharesOf } from "../../src/molecule/evaluate.js";
import { openChemistry } from "../../src/molecule/open-chemistry.js";
import type { Outcome } from "../../src/molecule/rdkit/question.js";
import { every, testWithData } from "./molecule-data.fixture.js";

let chemistry: Chemistry;
beforeAll(async () => {
  chemistry = await openChemistry();
});
afterAll(() => chemistry.close());

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

testWithData([DIGRESS], "DiGress's samples of QM9 are as valid and unique as they were found to be", async (lines) => {
  // golden_metrics.json: 9,921 of 10,000 valid, 96.88 % of them unique.
  const shares = sharesOf(await chemistry.canonicalise(lines(DIGRESS)), new Set());
  expect(shares.valid).toMatchObject({ count: 9921, of: 10_000 });
  expect(shares.unique!.share).toBeCloseTo(0.9687531498840842, 12);
});

testWithData(
  [QM9, DIGRESS],
  "as many of DiGress's samples as Python counts are not in a part of QM9",
  async (lines) => {
    // Python's RDKit 2026.09.1 on the same lines.
    const known = new Set(
      (await chemistry.canonicalise(lines(QM9).slice(0, 4000))).flatMap((outcome) =>
        outcome.ok ? [outcome.value] : [],
      ),
    );
    const shares = sharesOf(await chemistry.canonicalise(lines(DIGRESS).slice(0, 2000)), known);
    expect(shares.novel).toMatchObject({ count: 1939, of: 1984 });
  },
);

testWithData([QM9, DIGRESS, ZINC], "real molecules score near the floor, and others far from it", async (lines) => {
  const qm9 = lines(QM9);
  const [train, test, fresh] = [every(300, qm9), every(300, qm9, 100), every(300, qm9, 200)];
  const metrics = await fitMoleculeMetrics({ chemistry, train, test, most: 300, seed: 3 });
  const score = async (smiles: string[]) => metrics.score(await chemistry.canonicalise(smiles));
  const real = await score(fresh.slice(0, 300));
  const drugs = await score(every(1000, lines(ZINC)).concat("CC.O"));
  const generated = await score(lines(DIGRESS).slice(0, 300));
  // Plain data.
  expect(JSON.parse(JSON.stringify(real))).toEqual(real);
  expect(drugs.compared).toEqual({ samples: 250, floor: 250, train: 300, test: 300 });
  expect(real.real).toEqual(drugs.real);
  expect(drugs.samples.fragments!.count).toBe(1);
  const floor = drugs.floor!;
  for (const near of [real.distances!, generated.distances!]) {
    for (const name of ["frechetDescriptors", "frechetMorgan"] as const) {
      expect(near[name]).toBeLessThan(1.5 * floor[name]);
      expect(drugs.distances![name]).toBeGreaterThan(2 * floor[name]);
    }
    expect(Math.abs(near.tanimotoMmd.unbiased)).toBeLessThan(0.004);
    expect(near.klScore).toBeGreaterThan(0.8);
    expect(near.nearestNeighbour).toBeGreaterThan(0.4);
  }
  expect(drugs.distances!.tanimotoMmd.unbiased).toBeGreaterThan(0.05);
  expect(drugs.distances!.klScore).toBeLessThan(0.5);
  expect(drugs.distances!.nearestNeighbour).toBeLessThan(0.3);
  expect(drugs.distances!.scaffoldSimilarity).toBeLessThan(real.distances!.scaffoldSimilarity);
  expect(real.distances!.internalDiversity[0]).toBeCloseTo(floor.internalDiversity[0], 1);
});

test("too few molecules have no distances, and sets without any are told", async () => {
  const sets = { chemistry, train: ["C", "CC", "CCC", "CCO"], test: ["CO", "CN", "C1CC1"] };
  const metrics = await fitMoleculeMetrics(sets);
  for (const samples of [[], [ok("CCF")], [ok("CCF"), ok("CCF"), fragments]]) {
    const report = await metrics.score(samples);
    expect(report.distances).toBeNull();
  }
  const report = await evaluateMolecules({ ...sets, samples: [ok("CCF"), ok("CO")] });
  expect(report.distances!.klScore).toBeGreaterThanOrEqual(0);
  for (const train of [[], ["C"], ["C", "C", "nonsense"]]) {
    await expect(fitMoleculeMetrics({ ...sets, train })).rejects.toSatisfy((e) => isNextscaleError(e, "invalid-data"));
  }
  await expect(fitMoleculeMetrics({ ...sets, most: 1 })).rejects.toThrow("most to be a whole number from 2 to 30000");
});
