import { isNextscaleError } from "@nextscale/engine";
import { beforeAll, expect, test } from "vitest";
import type { Chemistry } from "../../src/molecule/chemistry.js";
import { fitDistances } from "../../src/molecule/distances.js";
import { evaluateMolecules, fitMoleculeMetrics, sharesOf } from "../../src/molecule/evaluate.js";
import { fitFrechetDescriptors } from "../../src/molecule/frechet-molecules.js";
import { profileOf, selectProfile } from "../../src/molecule/profile.js";
import type { Outcome } from "../../src/molecule/rdkit/question.js";
import { sharedChemistry } from "./chemistry.fixture.js";
import { MOLECULES } from "./molecules.fixture.js";
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
  expect(sharesOf([], new Set()).valid).toMatchObject({ count: 0, of: 0, share: null });
});

testWithData([QM9, DIGRESS], "DiGress's samples are as valid, unique and novel as Python finds them", async (lines) => {
  const known = (await chemistry.canonicalise(lines(QM9).slice(0, 1000))).map((outcome) => (outcome.ok ? outcome.value : "")); // prettier-ignore
  const shares = sharesOf(await chemistry.canonicalise(lines(DIGRESS).slice(0, 1000)), new Set(known));
  // Python's RDKit 2026.09.1 on the same lines. All 10,000 are 99.21 % valid, 96.88 % of these unique, and 25.60 % of those not
  // in QM9, here as in golden_metrics.json.
  expect(shares.valid).toMatchObject({ count: 995, of: 1000 });
  expect(shares.unique).toMatchObject({ count: 993, of: 995 });
  expect(shares.novel).toMatchObject({ count: 986, of: 993 });
});

testWithData([QM9, ZINC], "the floor is what real molecules score, and others are far from it", async (lines) => {
  const qm9 = lines(QM9);
  const samples = await chemistry.canonicalise(every(4000, lines(ZINC)).slice(0, 60).concat("CC.O"));
  const [train, test] = [every(2000, qm9), every(2000, qm9, 1000)];
  const report = await evaluateMolecules({ chemistry, samples, train, test, most: 60, seed: 3 });
  // Plain data.
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  expect(report.compared).toEqual({ samples: 60, floor: 60, train: 60, test: 60 });
  expect(report.samples.fragments).toMatchObject({ count: 1, of: 61 });
  expect(report.samples.novel.share).toBe(1);
  expect(report.real.valid).toMatchObject({ count: test.length, of: test.length });
  const [drugs, floor] = [report.distances!, report.floor!];
  for (const name of ["frechetDescriptors", "frechetMorgan"] as const) {
    expect(drugs[name]).toBeGreaterThan(2 * floor[name]);
  }
  // Drugs are heavier and have more aromatic rings.
  expect(drugs.descriptorShifts.amw).toBeGreaterThan(3);
  expect(drugs.descriptorShifts.NumAromaticRings).toBeGreaterThan(1);
  expect(Math.abs(floor.descriptorShifts.amw)).toBeLessThan(0.5);
  expect(Math.abs(floor.tanimotoMmd.unbiased)).toBeLessThan(0.015);
  expect(drugs.tanimotoMmd.unbiased).toBeGreaterThan(0.05);
  expect(floor.klScore).toBeGreaterThan(0.8);
  expect(drugs.klScore).toBeLessThan(0.5);
  expect(drugs.scaffoldSimilarity).toBeLessThan(floor.scaffoldSimilarity);
  expect(drugs.nearestNeighbour).toBeLessThan(floor.nearestNeighbour);
});

test("a set is at no distance from itself, in whatever order", async () => {
  const profile = await profileOf(chemistry, MOLECULES);
  const reversed = selectProfile(profile, [...profile.smiles.keys()].reverse());
  const distances = (await (await fitDistances(profile, profile)).score(reversed))!;
  expect(distances.frechetDescriptors).toBeCloseTo(0, 6);
  expect(Math.max(...Object.values(distances.descriptorShifts).map(Math.abs))).toBeLessThan(1e-9);
  expect(distances.frechetMorgan).toBeCloseTo(0, 6);
  expect(distances.tanimotoMmd.biased).toBeCloseTo(0, 12);
  expect(distances.klScore).toBeCloseTo(1, 9);
  expect(distances.scaffoldSimilarity).toBeCloseTo(1, 12);
  expect(distances.nearestNeighbour).toBe(1);
});

test("one molecule at a pole of a descriptor does not decide a distance", async () => {
  const training = await profileOf(chemistry, [...MOLECULES, ...MOLECULES]);
  // Its third kappa index is 140.
  const others = await profileOf(chemistry, [...MOLECULES, ...MOLECULES, "FC(F)(F)F"]);
  expect(fitFrechetDescriptors(training, training).score(others).distance).toBeLessThan(10);
});

test("a fit and a score say how far they are and stop when they are told to, and a fit asks for each molecule once", async () => {
  const sets = { chemistry, train: MOLECULES, test: [...MOLECULES].reverse(), most: 12 };
  const stages: string[] = [];
  const begun = new Set<string>();
  const asked: number[] = [];
  const counting: Chemistry = {
    ...chemistry,
    canonicalise: (smiles) => {
      asked.push(smiles.length);
      return chemistry.canonicalise(smiles);
    },
  };
  const onProgress = (stage: string, done: number, total: number) => {
    if (done > 0) stages.push(`${stage} ${done}/${total}`);
    else begun.add(stage);
  };
  const metrics = await fitMoleculeMetrics({ ...sets, chemistry: counting, onProgress });
  const { length } = MOLECULES;
  const ofProfile = ["descriptors 12/12", "fingerprints of 1024 bits 12/12", "fingerprints of 4096 bits 12/12", "atoms and bonds 12/12", "SMILES of graphs 12/12"]; // prettier-ignore
  const steps = (stage: string) => [1, 2, 3, 4].map((done) => `${stage} ${done}/4`);
  const canonical = `canonical SMILES ${length}/${length}`;
  expect(stages).toEqual([canonical, canonical, ...ofProfile, ...ofProfile, ...steps("fitting the distances")]);
  expect(begun.size).toBe(7);
  stages.length = 0;
  const samples = await chemistry.canonicalise(MOLECULES.slice(0, 12));
  const report = await metrics.score(samples, { onProgress });
  expect(stages).toEqual([...ofProfile, ...steps("distances"), ...steps("distances")]);
  // The floor of so many molecules is known by now.
  stages.length = 0;
  expect(await metrics.score(samples, { onProgress })).toEqual(report);
  expect(stages).toEqual([...ofProfile, ...steps("distances")]);
  expect(asked).toEqual([length, length]);

  const stopAfter = (wanted: string) => {
    const controller = new AbortController();
    const stop = (stage: string) => {
      if (stage === wanted) controller.abort();
    };
    return { signal: controller.signal, onProgress: stop };
  };
  for (const stage of ["canonical SMILES", "descriptors", "fitting the distances"]) {
    await expect(fitMoleculeMetrics({ ...sets, ...stopAfter(stage) }), stage).rejects.toThrow(/abort/i);
  }
  for (const stage of ["descriptors", "distances"]) {
    await expect(metrics.score(samples, stopAfter(stage)), stage).rejects.toThrow(/abort/i);
  }
});

test("too few molecules have no distances, and sets without any are told", async () => {
  const sets = { chemistry, train: ["C", "CC", "CCC", "CCO"], test: ["CO", "CN", "C1CC1"] };
  const metrics = await fitMoleculeMetrics(sets);
  for (const samples of [[], [ok("CCF"), ok("CCF"), fragments]]) {
    const report = await metrics.score(samples);
    expect(report.distances).toBeNull();
  }
  for (const train of [[], ["C"], ["C", "C", "nonsense"]]) {
    await expect(fitMoleculeMetrics({ ...sets, train })).rejects.toSatisfy((e) => isNextscaleError(e, "invalid-data"));
  }
  await expect(fitMoleculeMetrics({ ...sets, most: 1 })).rejects.toThrow("most to be a whole number from 2 to 30000");
});
