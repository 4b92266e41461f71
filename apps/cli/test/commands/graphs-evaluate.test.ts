import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateGraph, graphOf, openChemistry, sdfText, type Graph, type GraphReport } from "@nextscale/graphs";
import { writeGraphFile } from "@nextscale/graphs/node";
import { parseReceipt } from "@nextscale/refinement-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { comparisonOfGraphs } from "../../src/graphs/compare-graphs.js";
import { comparisonOfMolecules } from "../../src/graphs/compare-molecules.js";
import { canonicalOf, readMoleculeFile } from "../../src/graphs/molecule-file.js";
import { watchedChemistry } from "../../src/graphs/watched-chemistry.js";
import { run } from "../weather/in-process.js";
import { treeModel } from "./tiny-graph-models.js";

/* `nextscale graphs evaluate`, against sets of a few small graphs. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), "nextscale-graphs-evaluate-"));
const at = (name: string) => join(folder, name);
const { signal } = new AbortController();

const communities = (count: number, seed: number) =>
  Array.from({ length: count }, (_, i) => generateGraph({ kind: "community", communityNodes: [3, 5] }, seed, i));

const models = { trees: "" };
beforeAll(async () => {
  models.trees = await treeModel();
  // Of as many graphs as the published set, which a reader insists on.
  mkdirSync(at("graphs/community_small"), { recursive: true });
  const records = communities(100, 1).map((graph, i) => ({ graph, split: i < 80 ? ("train" as const) : ("test" as const) })); // prettier-ignore
  await writeGraphFile(at("graphs/community_small/community_small.jsonl"), records);
  vi.stubEnv("NEXTSCALE_DATA", folder);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

interface Printed {
  readonly source: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
  readonly graphs: Readonly<Record<"spectre" | "graphrnn", GraphReport>>;
}

const evaluate = (...words: string[]) => run(["graphs", "evaluate", "--dataset", "community_small", ...words]);

test("a model: distances by both sets of kernels beside what real graphs score, with the set's warnings", async () => {
  const words = ["--model", models.trees, "--count", "12", "--connected"];
  const said = await evaluate(...words, "--out", at("report.json"));
  expect(said).toMatch(/12 samples by .* against community_small[^]*Constrained to be connected[^]*Note: only 52 of/);
  expect(said).toMatch(/kernels spectre\nMMD² .*80 training graphs[^]*mean ratio[^]*kernels graphrnn\n/);
  const report = JSON.parse(readFileSync(at("report.json"), "utf8")) as Printed;
  expect(report.source).toMatchObject({ kind: "model", tally: { graphs: 12 } });
  expect(report.warnings.join()).toContain("scores reward remembering");
  for (const kernels of ["spectre", "graphrnn"] as const) {
    // Trees are further from communities than communities are.
    expect(report.graphs[kernels].distances.degree).toBeGreaterThan(report.graphs[kernels].floors.train.degree);
  }
  const { options } = parseReceipt(readFileSync(at("report.json.receipt.json")));
  expect(options).toMatchObject({ dataset: "community_small", split: "test", count: 12, connected: true });
});

test("a file: what is no graph is named by its line, or left out", async () => {
  await writeGraphFile(at("samples.jsonl"), communities(6, 2));
  const text = readFileSync(at("samples.jsonl"), "utf8");
  writeFileSync(at("samples.jsonl"), `${text}{"n":2,"edges":[0,5]}\n`);
  await expect(evaluate(at("samples.jsonl"))).rejects.toThrow(/line 8/);
  const printed = JSON.parse(await evaluate(at("samples.jsonl"), "--skip-invalid", "--json")) as Printed;
  expect(printed.source).toMatchObject({ kind: "file", skippedCount: 1, skipped: [{ line: 8 }] });
  expect(printed.graphs.spectre.sizes.samples.graphs).toBe(6);
});

test("what makes a graph valid depends on the set; without that only copies are counted", async () => {
  const star = (n: number) => graphOf({ nodeCount: n, edges: Array.from({ length: n - 1 }, (_, i) => [0, i + 1]) });
  const cycle = graphOf({ nodeCount: 3, edges: [[0, 1], [1, 2], [2, 0]] }); // prettier-ignore
  const sets = { data: "some", warnings: [], train: [star(4), star(5)], held: [star(6), star(7)] };
  const samples: Graph[] = [star(8), star(5), cycle, graphOf({ nodeCount: 2, edges: [] })];
  const measured = async (dataset: "tree" | "planar" | "ego_small", until = signal) => {
    const comparison = comparisonOfGraphs({ ...sets, dataset }, { split: "test", seed: 1, signal: until });
    const gathered = comparison.gather();
    await gathered.add(samples, { config: {} as never });
    const measurement = await gathered.measure();
    const { spectre } = (measurement.report as { graphs: Printed["graphs"] }).graphs;
    return { spectre, measurement };
  };
  const trees = await measured("tree");
  expect(trees.spectre.vun).toMatchObject({ valid: { count: 2 }, novel: { count: 3 }, validUniqueNovel: { count: 1 } });
  expect(trees.measurement.tables[0]).toMatch(/valid: a tree +50\.0 % .* +100\.0 %/);
  expect(trees.measurement.figures).toMatchObject({ valid: { count: 2 }, all: { count: 1 } });
  const planar = await measured("planar");
  expect(planar.spectre.vun).toMatchObject({ valid: { count: 3 } });
  const others = await measured("ego_small");
  expect("valid" in others.spectre.vun).toBe(false);
  expect(others.measurement.figures.valid).toBeUndefined();
  await expect(measured("tree", AbortSignal.abort())).rejects.toThrow(/abort/i);
});

test("molecules: shares and distances beside real ones, of SMILES and of molfiles alike", async () => {
  const chemistry = await openChemistry();
  const watched = watchedChemistry(chemistry, signal);
  writeFileSync(at("m.smi"), "OCC first\nCCO\nCC(C\nc1ccccc1C\n");
  const outcomes = await canonicalOf(watched, await readMoleculeFile(at("m.smi")));
  expect(outcomes.map((outcome) => (outcome.ok ? outcome.value : outcome.reason))).toEqual(["CCO", "CCO", "refused", "Cc1ccccc1"]); // prettier-ignore
  const blocks = (await chemistry.molblocks(["OCC", "CCO", "Cc1ccccc1"])).map((block) => (block.ok ? block.value : ""));
  writeFileSync(at("m.sdf"), sdfText(blocks.map((molblock) => ({ molblock, properties: {} }))));
  const ofMolfiles = await canonicalOf(watched, await readMoleculeFile(at("m.sdf")));
  expect(ofMolfiles).toEqual(outcomes.filter(({ ok }) => ok));

  const sets = { data: "some", warnings: [], train: ["CCO", "CCN", "CCCO", "c1ccccc1O"], held: ["CCCN", "c1ccccc1N", "CCF"] }; // prettier-ignore
  const comparison = await comparisonOfMolecules(sets, { split: "test", seed: 1, signal });
  const samples = comparison.gather();
  await samples.addFile(at("m.smi"), false);
  const { report, tables, figures } = await samples.measure();
  expect(report).toMatchObject({ molecules: { samples: { valid: { count: 3, of: 4 }, unique: { count: 2 }, novel: { count: 1 } } } }); // prettier-ignore
  expect(figures).toMatchObject({ valid: { count: 3 }, all: { count: 1 } });
  expect(tables.join("\n")).toMatch(/valid, of all +75\.0 % .* +100\.0 %/);
  expect(tables.join("\n")).toContain("not valid: 1 refused by RDKit");
  expect(tables.join("\n")).toMatch(/KL score, without BertzCT +\d/);
  expect(report).not.toHaveProperty("property");
  // Of two ethanols and a toluene, which were to have as many heavy atoms as toluene has; propylamine, aniline and fluoroethane have 4, 7 and 3.
  const asked = await samples.measure({ name: "NumHeavyAtoms", value: 7 });
  expect(asked.report).toMatchObject({
    property: { samples: { molecules: 3, mean: { mean: 13 / 3 } }, real: { molecules: 3, mean: { mean: 14 / 3 } } },
  });
  expect(asked.tables.at(-1)).toMatch(
    /NumHeavyAtoms, asked to be 7 [^]*3 valid samples +4\.333 .* 2\.667 [^]*3 real ones \(test\) +4\.667 .* 2\.333 /,
  );
  // Asked for another number, the real ones are described already.
  const { tables: others } = await samples.measure({ name: "NumHeavyAtoms", value: 4 });
  expect(others.at(-1)).toMatch(
    /asked to be 4 [^]*3 valid samples +4\.333 .* 1\.667 [^]*3 real ones \(test\) +4\.667 .* 1\.333 /,
  );
  // Those that the set itself was made of.
  const learned = comparison.gather();
  await learned.addTraining(3);
  expect((await learned.measure()).figures).toMatchObject({ valid: { count: 3, of: 3 }, novel: { count: 0 } });
  await comparison.close();

  const stopped = watchedChemistry(chemistry, AbortSignal.abort());
  await expect(stopped.canonicalise(["C"])).rejects.toThrow(/abort/i);
  await chemistry.close();
});

test("mistakes are named before anything is measured", async () => {
  const mistakes: [string[], RegExp][] = [
    [[], /a file of samples, or --model, got neither/],
    [[at("samples.jsonl"), "--model", models.trees], /a file of samples, or --model, got both/],
    [[at("samples.jsonl"), "--connected"], /--connected with --model, got --connected without/],
    [["--model", models.trees, "--skip-invalid"], /--skip-invalid with a file/],
    [["--model", models.trees, "--dataset", "qm8"], /--dataset among qm9, zinc250k, planar, .*got qm8/],
    [["--model", models.trees, "--dataset", "qm9"], /a model of molecules for --dataset qm9, got one of other graphs/],
    [[at("m.smi")], /a file of graphs, \.jsonl, .* for --dataset community_small/],
    [["--model", models.trees, "--split", "validation"], /--split with graphs in community_small, got validation/],
    [["--model", models.trees, "--dataset", "enzymes"], /enzymes\.jsonl\.gz or enzymes\.jsonl/],
    [["--model", models.trees, "--out", at("r.txt")], /--out with a name that ends in \.json/],
  ];
  for (const [words, message] of mistakes) await expect(evaluate(...words), words.join(" ")).rejects.toThrow(message);
});
