import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { edgesOf, isConnected, readSmilesLines, type Graph } from "@nextscale/graphs";
import { loadGraphModel, readGraphFile, readSdfFile } from "@nextscale/graphs/node";
import { parseReceipt } from "@nextscale/refinement-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { demoMolecules } from "../../src/graphs/demo-molecules.js";
import { sampleInParts } from "../../src/graphs/sampling.js";
import type { Validity } from "../../src/graphs/validity.js";
import { nextscale } from "../nextscale.js";
import { run } from "../weather/in-process.js";
import { etherModel, treeModel } from "./tiny-graph-models.js";

/* `nextscale graphs sample` and the molecules of the demonstration, with models trained for a moment. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), "nextscale-graphs-sample-"));
const at = (name: string) => join(folder, name);
const text = (name: string) => readFileSync(at(name), "utf8");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const models = { trees: "", molecules: "" };
beforeAll(async () => {
  models.trees = await treeModel();
  models.molecules = await etherModel();
});

const sampleTrees = (...more: string[]) => run(["graphs", "sample", "--model", models.trees, ...more]);
const sampleMolecules = (...more: string[]) => run(["graphs", "sample", "--model", models.molecules, ...more]);
const graphsIn = async (name: string) => (await readGraphFile(at(name))).records.map(({ graph }) => plain(graph));
const plain = (graph: Graph) => ({ labels: [...graph.nodeLabels], edges: edgesOf(graph) });

test("molecules: a line for each that is valid, by its number, and a count of the others by reason", async () => {
  const words = ["--count", "30", "--seed", "2", "--out", at("m.smi"), "--strip", at("m.svg"), "--json"];
  const printed = JSON.parse(await sampleMolecules(...words)) as Validity & { written: number; files: string[] };
  const { valid, of, invalid, written, files } = printed;
  expect(of).toBe(30);
  // The model is poor enough for both kinds.
  expect(valid).toBeGreaterThan(0);
  expect(valid).toBeLessThan(30);
  expect(Object.values(invalid).reduce((sum, count) => sum + count, 0)).toBe(30 - valid);
  const lines = readSmilesLines(text("m.smi"));
  expect([lines.length, written]).toEqual([valid, valid]);
  const numbers = lines.map(({ name }) => Number(/^sample-(\d+)$/.exec(name)?.[1]));
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  expect(text("m.svg")).toContain(`sample-${numbers[0]}`);
  expect(files).toEqual(["m.smi", "m.smi.receipt.json", "m.svg", "m.svg.receipt.json"].map(at));
  const { options, seed } = parseReceipt(readFileSync(at("m.smi.receipt.json")));
  expect({ options, seed }).toMatchObject({ seed: 2, options: { count: 30, substeps: "exact", valid } });

  const said = await sampleMolecules("--count", "30", "--seed", "2", "--out", at("m.sdf.gz"));
  expect(said).toMatch(new RegExp(`${valid} of 30 \\(.*\\) are valid molecules; the others: \\d+ `));
  const records = await readSdfFile(at("m.sdf.gz"));
  expect(records.map(({ molblock }) => molblock.split("\n", 1)[0])).toEqual(lines.map(({ name }) => name));
  expect(records.map(({ properties }) => properties["SMILES"])).toEqual(lines.map(({ smiles }) => smiles));
});

test("graphs: a shard is part of the whole, and so is what is sampled in parts", async () => {
  await sampleTrees("--count", "7", "--out", at("whole.jsonl.gz"));
  await sampleTrees("--count", "7", "--shard", "1/2", "--out", at("part.jsonl"));
  const whole = await graphsIn("whole.jsonl.gz");
  expect(whole).toHaveLength(7);
  expect(await graphsIn("part.jsonl")).toEqual(whole.slice(3));
  expect(gunzipSync(readFileSync(at("whole.jsonl.gz"))).toString()).toMatch(/^\{"format":"nextscale-graphs"/);

  const model = await loadGraphModel(models.trees);
  const parts: Graph[] = [];
  const starts: number[] = [];
  const tally = await sampleInParts(model, { count: 7, seed: 1 }, async (samples, first) => {
    parts.push(...samples.map(({ graph }) => graph));
    starts.push(first);
  }, { atOnce: 3 }); // prettier-ignore
  // An interruption tells of all, not of the part in which it came.
  const ending = new AbortController();
  const ended = sampleInParts(model, { count: 7, seed: 1, signal: ending.signal }, () => Promise.resolve(ending.abort()), { atOnce: 3 }); // prettier-ignore
  await expect(ended).rejects.toThrow("expected 7 graphs, got an interruption after 3");
  await model.close();
  expect(parts.map(plain)).toEqual(whole);
  expect(starts).toEqual([0, 3, 6]);
  expect(tally.graphs).toBe(7);
});

test("graphs: one for other programs, many as a picture, of the size and connection that is asked for", async () => {
  await sampleTrees("--count", "1", "--size", "6", "--connected", "--out", at("g.graphml"));
  const [graph] = (await readGraphFile(at("g.graphml"))).records;
  expect(graph!.graph.nodeCount).toBe(6);
  expect(isConnected(graph!.graph)).toBe(true);
  await sampleTrees("--count", "4", "--substeps", "2,1", "--out", at("g.svg"));
  expect(text("g.svg")).toMatch(/^<svg [^]*<\/svg>\s*$/);
  const few = JSON.parse(await sampleTrees("--count", "4", "--substeps", "1", "--out", at("f.jsonl"), "--json")) as { evaluationsPerGraph: number }; // prettier-ignore
  const many = JSON.parse(await sampleTrees("--count", "4", "--out", at("f.jsonl"), "--json")) as typeof few;
  expect(few.evaluationsPerGraph).toBeLessThan(many.evaluationsPerGraph);
});

test("a scaffold is in every molecule", async () => {
  const words = ["--count", "20", "--size", "5", "--scaffold", "COC", "--valence", "--connected", "--seed", "2"];
  const said = await sampleMolecules(...words, "--out", at("ethers.smi"));
  expect(said).toMatch(/Constrained to be around the scaffold and connected and within valences/);
  const lines = readSmilesLines(text("ethers.smi"));
  expect(lines.length).toBeGreaterThan(5);
  for (const { smiles } of lines) expect(smiles).toMatch(/O/);
  writeFileSync(at("two.jsonl"), '{"n":2,"edges":[0,1]}\n{"n":1,"edges":[]}\n');
  await expect(sampleTrees("--scaffold", at("two.jsonl"), "--out", at("no.jsonl"))).rejects.toThrow(/one graph for --scaffold, got 2/); // prettier-ignore
  await expect(sampleMolecules("--scaffold", "C(", "--out", at("no.smi"))).rejects.toThrow(/a molecule as SMILES for --scaffold/); // prettier-ignore
});

test("mistakes are named before anything is sampled, and leave nothing behind", async () => {
  writeFileSync(at("file"), "mine");
  const before = readdirSync(folder).sort();
  const mistakes: [string[], RegExp][] = [
    [["--out", at("x.txt")], /--out with a name that ends in \.smi, .*got .*x\.txt; choose one/],
    [["--out", at("x.json")], /end the name in \.jsonl/],
    [["--out", at("x.smi")], /a model of molecules for \.smi and \.sdf, got one of other graphs/],
    [["--out", at("x.gexf"), "--count", "3"], /one graph in a file \.gexf, got 3; add --count 1/],
    [["--out", at("x.svg"), "--count", "401"], /at most 400 of them in a picture, got 401/],
    [["--out", at("x.jsonl"), "--strip", at("x.png")], /--strip with a name that ends in \.svg/],
    [["--out", at("x.svg"), "--count", "2", "--strip", at("x.svg")], /another file than that of --strip/],
    [["--out", at("x.jsonl"), "--valence"], /a model of molecules for --valence, got one of other graphs/],
    [["--out", at("x.jsonl"), "--property", "1"], /a model that was trained with --property, got one that was not/],
    [["--out", at("x.jsonl"), "--guidance", "2"], /--property beside --guidance, got none/],
    [["--out", at("x.jsonl"), "--substeps", "0"], /Expected exact, adaptive, a number such as 4, or a list/],
    [["--out", at("x.jsonl"), "--count", "2", "--shard", "0/3"], /--shard with no more parts than the 2 graphs/],
    [["--out", join(at("file"), "x.jsonl")], /expected to write .*ENOTDIR/],
    [["--out", at("x.jsonl"), "--model", at("none")], /a bundled model .* or the folder of a trained one, got/],
  ];
  for (const [words, message] of mistakes) {
    const { status, stdout, stderr } = await nextscale(["graphs", "sample", "--model", models.trees, ...words]);
    expect(stderr, words.join(" ")).toMatch(message);
    expect({ status, stdout }, words.join(" ")).toEqual({ status: 1, stdout: "" });
  }
  const words = ["graphs", "sample", "--model", models.trees, "--out", at("x.jsonl")];
  await expect(run(words, AbortSignal.abort())).rejects.toMatchObject({ code: "interrupted" });
  expect(readdirSync(folder).sort()).toEqual(before);
});

test("the demonstration draws molecules, says how many are, and how to make them again", async () => {
  const { signal } = new AbortController();
  const lines = await demoMolecules({ model: models.molecules, out: at("demo"), seed: 3 }, { args: ["demo"], signal });
  for (const file of ["molecules.smi", "molecules.svg", "molecule-scales.svg"]) {
    expect(existsSync(at(`demo/${file}.receipt.json`)), file).toBe(true);
  }
  expect(lines.join("\n")).toMatch(/50 graphs of atoms .* \d+ of 50 .* are valid molecules/);
  expect(lines.join("\n")).toMatch(
    /Constrained to be connected and within valences: it changed the odds of \d+ codes in \d+ of 50 graphs; violated by/,
  );
  expect(text("demo/molecules.svg")).toContain(">sample-");
  const again = lines.at(-1)!.trim().split(" ").slice(2);
  const out = again.indexOf("--out") + 1;
  await run(again.with(out, at("again.smi")).with(out + 2, at("again.svg")));
  expect(text("again.smi")).toBe(text("demo/molecules.smi"));
  expect(text("again.svg")).toBe(text("demo/molecule-scales.svg"));
});
