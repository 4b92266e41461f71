import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateGraph } from "@nextscale/graphs";
import { loadGraphModel, writeGraphFile } from "@nextscale/graphs/node";
import { parseReceipt } from "@nextscale/refinement-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { comparisonOfMolecules } from "../../src/graphs/compare-molecules.js";
import { curvePicture } from "../../src/graphs/curve-picture.js";
import { curveMarkdown, curveNotes } from "../../src/graphs/curve-table.js";
import { isKnown, withPoint, type Curve, type CurvePoint } from "../../src/graphs/curve.js";
import { parsePlan } from "../../src/graphs/sampling-plan.js";
import { measureCurve } from "../../src/graphs/measure-curve.js";
import { run } from "../weather/in-process.js";
import { etherModel, oneScaleEtherModel, oneScaleTreeModel, treeModel } from "./tiny-graph-models.js";

/* `nextscale graphs curve`, with models trained for a moment against sets of a few small graphs. */

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const folder = mkdtempSync(join(tmpdir(), "nextscale-graphs-curve-"));
const at = (name: string) => join(folder, name);
const { signal } = new AbortController();

const models = { trees: "", atOnce: "", ethers: "" };
beforeAll(async () => {
  models.trees = await treeModel();
  models.atOnce = await oneScaleTreeModel();
  models.ethers = await etherModel();
  mkdirSync(at("graphs/community_small"), { recursive: true });
  const communities = Array.from({ length: 100 }, (_, i) => generateGraph({ kind: "community", communityNodes: [3, 5] }, 1, i)); // prettier-ignore
  const records = communities.map((graph, i) => ({ graph, split: i < 80 ? ("train" as const) : ("test" as const) }));
  await writeGraphFile(at("graphs/community_small/community_small.jsonl"), records);
  vi.stubEnv("NEXTSCALE_DATA", folder);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Count and seed like those of the first test, so that folders differ in nothing else. */
const COMMON = ["graphs", "curve", "--dataset", "community_small", "--count", "6", "--model"];
const curve = (words: readonly string[], until = signal) => run([...COMMON, models.trees, ...words], until);
const written = (name: string) => JSON.parse(readFileSync(at(`${name}/curve.json`), "utf8")) as Curve;
const plansOf = ({ points }: Curve) => points.map(({ model, plan }) => `${model === models.trees ? "trees" : "at once"} ${plan}`); // prettier-ignore

test("a table and a picture: each model by what it costs, beside training graphs and real ones", async () => {
  const words = ["--substeps", "exact", "1", "2,1", "--baseline", models.atOnce, "--steps", "3", "1", "100", "200"];
  const said = await curve([...words, "--out", at("curve")]);
  const made = written("curve");
  // In the order of their cost; a graph of seven nodes has 21 codes, so with 200 steps it is the same as with 100.
  expect(plansOf(made)).toEqual(["trees 1", "trees 2,1", "trees exact", "at once 1", "at once 3", "at once 100"]);
  const { settings, training, real, points } = made;
  expect(settings).toMatchObject({ dataset: "community_small", count: 6, seed: 1, train: 80, held: 20, split: "test" });
  expect(training).toMatchObject({ unique: { of: 6 }, novel: { count: 0 } });
  expect(real.all.of).toBe(20);
  for (const { evaluationsPerGraph, mostEvaluations, millisecondsPerGraph, figures } of points) {
    expect(mostEvaluations).toBeGreaterThanOrEqual(evaluationsPerGraph);
    expect(millisecondsPerGraph).toBeGreaterThan(0);
    // Trees are further from communities than communities are.
    expect(figures.distance).toBeGreaterThan(figures.floor!);
    expect(figures.all.of).toBe(6);
  }
  expect(points.slice(3).map(({ mostEvaluations }) => mostEvaluations).slice(0, 2)).toEqual([1, 3]); // prettier-ignore
  expect(points[5]!.mostEvaluations).toBeLessThan(22);

  expect(said).toMatch(/samples +substeps +unique +novel +unique and novel +mean ratio of MMD² +times the floor/);
  expect(said).toMatch(/\ntrees-at-once +100 and more /);
  expect(said).toMatch(/more steps than 100 draw the same samples/);
  expect(said).toMatch(/Note: only 52 of/);
  expect(said).not.toMatch(/sweep/);
  const markdown = readFileSync(at("curve/curve.md"), "utf8");
  expect(markdown).toMatch(/^# community_small: quality against network evaluations\n\n\| samples \| substeps \|/);
  expect(markdown.split("\n").filter((line) => line.startsWith("|"))).toHaveLength(2 + 3 + 6);
  const picture = readFileSync(at("curve/curve.svg"), "utf8");
  for (const text of ["trees", "trees-at-once", "floor", "training", "Network evaluations for a graph"]) {
    expect(picture).toContain(`>${text}<`);
  }
  const receipt = parseReceipt(readFileSync(at("curve.receipt.json")));
  expect(receipt.outputs.map(({ file }) => file)).toEqual(["curve/curve.json", "curve/curve.md", "curve/curve.svg"]);
  expect(receipt.options).toMatchObject({ dataset: "community_small", substeps: "exact 1 2,1", steps: "1 3 100 200" });
});

test("what is there is not sampled again, and what is new is added", async () => {
  await curve(["--substeps", "1", "--out", at("grown")]);
  const first = written("grown");
  const printed = JSON.parse(await curve(["--substeps", "1", "2", "--out", at("grown"), "--json"])) as Curve;
  const second = written("grown");
  expect(plansOf(second)).toEqual(["trees 1", "trees 2"]);
  // To the millisecond: it was not measured again.
  expect(second.points[0]).toEqual(first.points[0]);
  expect(printed.points).toEqual(second.points);
  const { mtimeMs } = statSync(at("grown/curve.json"));
  await curve(["--substeps", "2", "--out", at("grown")]);
  expect(statSync(at("grown/curve.json")).mtimeMs).toBeGreaterThanOrEqual(mtimeMs);
  expect(written("grown")).toEqual(second);
  // Alone it scores the same as among others.
  const whole = written("curve").points.find(({ plan }) => plan === "1");
  expect(whole!.figures).toEqual(first.points[0]!.figures);

  await expect(run([...COMMON, models.trees, "--seed", "2", "--out", at("grown")])).rejects.toThrow(/a curve of seed 2, or without one, got one of seed 1/); // prettier-ignore
  writeFileSync(at("grown/curve.md"), "mine");
  await expect(curve(["--out", at("grown")])).rejects.toThrow(/curve\.md in it, changed since/);
});

test("a plan with a sweep takes more evaluations, and goes on from a curve without", async () => {
  await curve(["--substeps", "exact", "--out", at("swept")]);
  const first = written("swept");
  const said = await curve(["--substeps", "exact", "exact+1", "exact+0", "exact+01", "--out", at("swept")]);
  const { points } = written("swept");
  expect(points.map(({ plan }) => plan)).toEqual(["exact", "exact+1"]);
  const [once, twice] = points as [CurvePoint, CurvePoint];
  expect(once).toEqual(first.points[0]);
  // Not quite twice as many: a level that is swept is not what it was, and so has other levels below.
  expect(twice.evaluationsPerGraph).toBeGreaterThan(1.5 * once.evaluationsPerGraph);
  expect(said).toMatch(/\ntrees +exact\+1 /);
  expect(said).toMatch(/\n\+1 after substeps is one sweep: all codes of a level are drawn once more/);
  expect(said).toMatch(/with more evaluations .* at exact to .* at exact\+1/);
  expect(parseReceipt(readFileSync(at("swept.receipt.json"))).options).toMatchObject({ substeps: "exact exact+1" });
});

test("without scales between a sweep takes as many evaluations as there are codes, however many more the substeps", async () => {
  const words = ["--substeps", "3+2", "100", "100+1", "200+1", "--out", at("swept-at-once")];
  const said = await run([...COMMON, models.atOnce, ...words], signal);
  const { points } = written("swept-at-once");
  expect(points.map(({ plan }) => plan)).toEqual(["3+2", "100", "100+1"]);
  const [few, once, twice] = points as [CurvePoint, CurvePoint, CurvePoint];
  expect(few.mostEvaluations).toBe(9);
  expect(twice.mostEvaluations).toBe(2 * once.mostEvaluations);
  expect(twice.evaluationsPerGraph).toBeCloseTo(2 * once.evaluationsPerGraph, 12);
  expect(said).toMatch(/\ntrees-at-once +100\+1 and more /);
});

test("an interruption leaves what is finished, and the same command goes on", async () => {
  const words = ["--substeps", "1", "2", "exact", "--out", at("stopped")];
  const controller = new AbortController();
  const looking = setInterval(() => void (existsSync(at("stopped/curve.json")) && controller.abort()), 1);
  await expect(curve(words, controller.signal)).rejects.toThrow(/3 plans, got an interruption after [12]; they are in .*stopped; the same command goes on/); // prettier-ignore
  clearInterval(looking);
  const left = written("stopped");
  expect(readdirSync(at("stopped")).sort()).toEqual(["curve.json", "curve.md", "curve.svg"]);
  expect(left.points.length).toBeLessThan(3);
  await curve(words);
  const whole = written("stopped");
  expect(plansOf(whole)).toEqual(["trees 1", "trees 2", "trees exact"]);
  expect(whole.points.slice(0, left.points.length)).toEqual(left.points);

  await expect(curve(["--out", at("none")], AbortSignal.abort())).rejects.toThrow(/6 plans, got an interruption after 0; run the same/); // prettier-ignore
  expect(existsSync(at("none"))).toBe(false);
});

test("molecules: validity and the distance of descriptors; a reference is fitted once for all models and plans", async () => {
  const sets = { data: "ethers", warnings: [], train: ["COC", "CCOC", "CCOCC", "COCOC", "CC"], held: ["CCC", "COCC", "OCCO", "CCOCOC"] }; // prettier-ignore
  const comparison = await comparisonOfMolecules(sets, { split: "test", seed: 1, signal });
  const [model, baseline] = [await loadGraphModel(models.ethers), await loadGraphModel(await oneScaleEtherModel())];
  const settings = { dataset: "qm9", data: "ethers", ...comparison.sizes, split: "test", count: 12, seed: 1, engine: model.engine } as const; // prettier-ignore
  const saved: number[] = [];
  const shown = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const { isTTY } = process.stderr;
  process.stderr.isTTY = true;
  const made = await measureCurve({
    ...{ comparison, settings, earlier: undefined, signal, out: "none" },
    sampled: [
      { name: "ethers", model, plans: ["1", "exact"].map(parsePlan) },
      { name: "at-once", model: baseline, plans: [parsePlan("2")] },
    ],
    save: async ({ points }) => saved.push(points.length),
  });
  process.stderr.isTTY = isTTY;
  const lines = shown.mock.calls.map(([text]) => String(text));
  shown.mockRestore();
  expect(lines.filter((line) => line.includes("fitting the distances"))).toHaveLength(1);
  expect(lines.join("")).toMatch(/ethers at exact \(2 of 2\) {2}\d+ % .*at-once at 2 \(1 of 1\) {2}\d+ %/s);
  for (const one of [comparison, model, baseline]) await one.close();
  expect(saved).toEqual([1, 2, 3]);
  expect(made.training.valid).toMatchObject({ count: 5, of: 5 });
  expect(made.real.valid).toMatchObject({ count: 4, of: 4 });
  for (const { figures } of made.points) expect(figures.valid).toMatchObject({ of: 12 });
  const markdown = curveMarkdown(made);
  expect(markdown).toMatch(/\| samples \| substeps \| valid \| unique \| novel \| valid, unique and novel \| Fréchet distance, descriptors \|/); // prettier-ignore
  expect(markdown).toMatch(/ethers \(pairs, .*\): with more evaluations valid goes from .* at 1 to .* at exact/);
  expect(curvePicture(made)).toMatch(/valid \(%\)[^]*Fréchet distance, descriptors \(times the floor\)/);
});

const shareOf = (count: number, half = 0.02) => ({ count, of: 100, share: count / 100, lower: count / 100 - half, upper: count / 100 + half }); // prettier-ignore
const figuresOf = (count: number) => ({ unique: shareOf(100), novel: shareOf(100), all: shareOf(count), distance: 4, floor: 2 }); // prettier-ignore
const point = (model: string, plan: string, valid: number, more: Partial<CurvePoint> = {}): CurvePoint => ({
  ...{ model, modelHash: `hash of ${model}`, hierarchy: "pairs", plan, evaluationsPerGraph: Number(plan) },
  ...{
    mostEvaluations: Number(plan),
    millisecondsPerGraph: 1,
    figures: figuresOf(valid),
    report: {} as never,
    ...more,
  },
});
const EMPTY: Curve = {
  format: "nextscale-graphs-curve/1",
  settings: { dataset: "tree", data: "tree", train: 9, held: 9, split: "test", count: 100, seed: 1, engine: "none" },
  ...{ warnings: [], terms: { distance: "distance", share: "all" }, real: figuresOf(100), training: figuresOf(0) },
  points: [],
};

test("notes say whether quality rises, where it falls by chance, and where by more", () => {
  const noteOf = (...counts: number[]) => {
    const points = counts.map((count, i) => point("m", String(i + 1), count));
    return curveNotes(points.reduce(withPoint, EMPTY))[3];
  };
  expect(noteOf(10, 20, 20)).toMatch(/from 10\.0 % at 1 to 20\.0 % at 3; the distance from 2\.00 to 2\.00 times the floor\. The share falls nowhere/); // prettier-ignore
  expect(noteOf(10, 20, 18)).toMatch(/Where it falls \(from 20\.0 % at 2 to 18\.0 % at 3\) intervals overlap/);
  expect(noteOf(10, 20, 12)).toMatch(
    /The share falls by more than chance from 20\.0 % at 2 to 12\.0 % at 3: more evaluations/,
  );
  const moved = [8, 4, 6].map((distance, i) => point("m", `${i + 1}`, 10, { figures: { ...figuresOf(10), distance } }));
  expect(curveNotes(moved.reduce(withPoint, EMPTY))[3]).toMatch(
    /from 4\.00 to 3\.00 times the floor, least 2\.00 at 2\./,
  );
});

test("a model that was trained again replaces what it scored before, others stay", () => {
  const before = [point("a", "1", 10), point("a", "2", 20), point("b", "1", 30)].reduce(withPoint, EMPTY);
  const after = withPoint(before, point("a", "1", 90, { modelHash: "new" }));
  expect(after.points.map(({ model, modelHash, plan }) => [model, modelHash, plan])).toEqual([["b", "hash of b", "1"], ["a", "new", "1"]]); // prettier-ignore
  expect(withPoint(before, point("a", "1", 50)).points).toHaveLength(3);
  const isThere = (plan: string, hash = "hash of a") => isKnown(before, { hash }, parsePlan(plan));
  expect(["1", "3", "exact", "1+1"].filter((plan) => isThere(plan))).toEqual(["1"]);
  expect(isThere("1", "new")).toBe(false);
});

test("more substeps than there are codes are one plan, with as many sweeps", () => {
  const diffusion = (plan: string, mostEvaluations: number) => withPoint(EMPTY, point("d", plan, 1, { hierarchy: "one-scale", mostEvaluations, evaluationsPerGraph: 30 })); // prettier-ignore
  const knownOf = (curve: Curve) => {
    const plans = ["20", "50", "100", "exact", "20+1", "50+1", "100+1", "100+2", "exact+1"];
    return plans.filter((plan) => isKnown(curve, { hash: "hash of d" }, parsePlan(plan)));
  };
  const note = /d: no graph has more than 36 codes, so more steps than 50 draw the same samples at the same cost/;
  // 36 codes: in 50 substeps 36 evaluations, and with a sweep 72.
  expect(knownOf(diffusion("50", 36))).toEqual(["50", "100"]);
  expect(curveMarkdown(diffusion("50", 36))).toMatch(note);
  expect(knownOf(diffusion("50+1", 72))).toEqual(["50+1", "100+1"]);
  expect(curveMarkdown(diffusion("50+1", 72))).toMatch(note);
  // As many codes as substeps, or more.
  for (const full of [diffusion("50", 50), diffusion("50+1", 100)]) {
    expect(knownOf(full)).toHaveLength(1);
    expect(curveMarkdown(full)).not.toMatch(/draw the same samples/);
  }
});

test("mistakes are named before anything is computed, and leave nothing behind", async () => {
  writeFileSync(at("file"), "mine");
  mkdirSync(at("full"), { recursive: true });
  writeFileSync(at("full/notes.txt"), "mine");
  const out = ["--out", at("no")];
  const mistakes: [string[], RegExp][] = [
    [[...COMMON, at("nowhere"), ...out], /a bundled model .* or the folder of a trained one, got .*nowhere/],
    [[...COMMON, models.trees, "--baseline", at("nowhere"), ...out], /or the folder of a trained one, got .*nowhere/],
    [[...COMMON, models.trees, "--baseline", models.trees, ...out], /--baseline without scales between, .*got .*, of the hierarchy pairs/], // prettier-ignore
    [[...COMMON, models.trees, "--steps", "1", ...out], /--steps with --baseline/],
    [[...COMMON, models.ethers, ...out], /a model of graphs without atoms for --dataset community_small, got one of molecules/], // prettier-ignore
    [[...COMMON, models.trees, "--dataset", "enzymes", ...out], /enzymes\.jsonl\.gz or enzymes\.jsonl/],
    [[...COMMON, models.trees, "--dataset", "qm8", ...out], /--dataset among qm9, .*got qm8/],
    [[...COMMON, models.trees, "--split", "validation", ...out], /--split with graphs in community_small, got validation/], // prettier-ignore
    [[...COMMON, models.trees, "--out", at("file/curve")], /to write .*file\/curve/],
    [
      [...COMMON, models.trees, "--out", at("full")],
      /full to be a new or empty folder, .* got files in it without a readable receipt/,
    ],
    [
      [...COMMON, models.trees, "--substeps", "1", "0", ...out],
      /exact, adaptive, a number such as 4, or a list such as 5,2,1/,
    ],
    ...["exact+", "exact+-1", "exact+1.5", "+1"].map((plan): [string[], RegExp] => [
      [...COMMON, models.trees, "--substeps", plan, ...out],
      /option '--substeps <plans\.\.\.>' argument '.*' is invalid\. Expected substeps, and after a \+ how many sweeps/,
    ]),
    [[...COMMON, models.trees, "--substeps", "exact+1000000", ...out], /'exact\+1000000' is invalid\. Expected a whole number from 0 to 100/], // prettier-ignore
    [[...COMMON, models.trees, "--baseline", models.atOnce, "--steps", "exact", ...out], /a whole number/],
    [[...COMMON, models.trees, "--baseline", models.atOnce, "--steps", "10+1", ...out], /a whole number/],
  ];
  for (const [words, message] of mistakes) await expect(run(words), words.join(" ")).rejects.toThrow(message);
  expect(existsSync(at("no"))).toBe(false);
});
