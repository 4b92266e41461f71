import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeGraphFile } from "@nextscale/graphs/node";
import { parseReceipt } from "@nextscale/refinement-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { run } from "../weather/in-process.js";
import { etherModel, treeModel, trees } from "./tiny-graph-models.js";

/* `nextscale graphs score`. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), "nextscale-graphs-score-"));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const models = { trees: "", molecules: "" };
beforeAll(async () => {
  models.trees = await treeModel();
  models.molecules = await etherModel();
});

interface Printed {
  readonly graphs: number;
  readonly impossible: number;
  readonly skippedCount: number;
  readonly skipped: readonly { readonly line: number; readonly reason: string }[];
  readonly bitsPerNode: { readonly mean: number; readonly lower: number; readonly upper: number };
  readonly scores: readonly { readonly name: string; readonly logProbability: number; readonly bitsPerNode: number }[];
}

test("graphs: a score each, their mean with its interval, and what the score is of", async () => {
  await writeGraphFile(at("trees.jsonl"), trees.slice(0, 12));
  const words = ["graphs", "score", at("trees.jsonl"), "--model", models.trees];
  const { scores, bitsPerNode } = JSON.parse(await run([...words, "--json"])) as Printed;
  expect(scores).toHaveLength(12);
  for (const { logProbability, bitsPerNode: bits } of scores) {
    expect(logProbability).toBeLessThan(0);
    expect(bits).toBeGreaterThan(0);
  }
  const mean = scores.reduce((sum, score) => sum + score.bitsPerNode, 0) / 12;
  expect(bitsPerNode.mean).toBeCloseTo(mean, 10);
  expect(bitsPerNode.lower).toBeLessThan(mean);
  expect(bitsPerNode.upper).toBeGreaterThan(mean);

  const more = JSON.parse(await run([...words, "--hierarchies", "8", "--json"])) as Printed;
  expect(more.bitsPerNode.mean).toBeLessThan(mean);

  const said = await run([...words, "--out", at("scores.csv")]);
  expect(said).toMatch(/12 graphs of [^]*bits per node +\d[^]*some hierarchies of the graph .* a lower bound/);
  const [header, first] = readFileSync(at("scores.csv"), "utf8").split("\n");
  expect(header).toBe("name,nodes,edges,log_probability_nats,bits_per_node,hierarchies,network_evaluations");
  expect(first!.split(",").slice(0, 4)).toEqual(["0", ...[trees[0]!.nodeCount, trees[0]!.edgeCount, scores[0]!.logProbability].map(String)]); // prettier-ignore
  expect(parseReceipt(readFileSync(at("scores.csv.receipt.json")))).toMatchObject({ seed: 1, options: { graphs: 12 } });
});

test("molecules: by their names; one that the model has not is named by its line, or left out", async () => {
  writeFileSync(at("m.smi"), 'CCOC ether\nCNC amine\nCC(C "broken"\nCOC "quoted", too\n');
  const words = ["graphs", "score", at("m.smi"), "--model", models.molecules];
  await expect(run(words)).rejects.toThrow(/a molecule of the model's atoms in line 2 of .*unmodelled.*--skip-invalid/);
  const printed = JSON.parse(await run([...words, "--skip-invalid", "--json"])) as Printed;
  expect(printed.scores.map(({ name }) => name)).toEqual(["ether", '"quoted", too']);
  expect(printed.skipped.map(({ line }) => line)).toEqual([2, 3]);
});

test("what the model never makes is told apart at once, and is not in the means", async () => {
  await writeGraphFile(at("one.jsonl"), trees.slice(0, 1));
  writeFileSync(at("huge.jsonl"), '{"n":1000000,"edges":[0,1]}\n');
  writeFileSync(at("both.jsonl"), ["one.jsonl", "huge.jsonl"].map((name) => readFileSync(at(name), "utf8")).join(""));
  const scored = async (name: string) =>
    JSON.parse(await run(["graphs", "score", at(name), "--model", models.trees, "--json"])) as Printed;
  const [one, both, huge] = [await scored("one.jsonl"), await scored("both.jsonl"), await scored("huge.jsonl")];
  expect([one.impossible, both.impossible, huge.impossible]).toEqual([0, 1, 1]);
  expect(both.bitsPerNode.mean).toBe(one.bitsPerNode.mean);
  expect(huge.bitsPerNode).toBeNull();
  const said = await run(["graphs", "score", at("both.jsonl"), "--model", models.trees]);
  expect(said).toContain("1 of them this model never makes");
  expect(await run(["graphs", "score", at("huge.jsonl"), "--model", models.trees])).not.toMatch(/bits per node +\d/);
});

test("mistakes are named", async () => {
  writeFileSync(at("few.jsonl"), '{"n":2,"edges":[0,1]}\n{"n":2,"edges":[0,7]}\n');
  writeFileSync(at("labels.jsonl"), '{"n":2,"edges":[0,1],"x":[0,9]}\n');
  const score = (file: string, ...more: string[]) => run(["graphs", "score", file, "--model", models.trees, ...more]);
  await expect(score(at("few.jsonl"))).rejects.toThrow(/line 2/);
  expect(await score(at("few.jsonl"), "--skip-invalid")).toMatch(/1 line of .* left out:\n {2}line 2: /);
  await expect(score(at("labels.jsonl"))).rejects.toThrow(/node labels below 1, which the model has, got 9 in line 1/);
  await expect(run(["graphs", "score", at("x.txt"), "--model", models.molecules])).rejects.toThrow(
    /\.smi, \.sdf, \.jsonl/,
  );
  await expect(score(at("m.smi"))).rejects.toThrow(/graphs, for a model or a preset without atoms/);
  await expect(score(at("none.jsonl"))).rejects.toThrow(/none\.jsonl/);
  await writeGraphFile(at("two.jsonl"), trees.slice(0, 2));
  await expect(run(["graphs", "score", at("two.jsonl"), "--model", models.trees], AbortSignal.abort())).rejects.toThrow(
    /expected 2 scores, got an interruption after 0/,
  );
  await expect(score(at("few.jsonl"), "--out", at("s.txt"))).rejects.toThrow(/ends in \.csv or \.json/);
  await expect(score(at("few.jsonl"), "--out", at("few.jsonl"))).rejects.toThrow(/ends in \.csv or \.json/);
});
