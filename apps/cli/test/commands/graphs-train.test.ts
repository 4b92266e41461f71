import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { edgesOf, isTree } from "@nextscale/graphs";
import { writeGraphFile } from "@nextscale/graphs/node";
import { parseReceipt } from "@nextscale/refinement-core";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { trainingGraphs } from "../../src/graphs/training-graphs.js";
import { run } from "../weather/in-process.js";
import { trees } from "./tiny-graph-models.js";

/* `nextscale graphs train`: trainings of two steps. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), "nextscale-graphs-train-"));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

const { signal } = new AbortController();
const train = (out: string) =>
  ["graphs", "train", "--preset", "sbm", "--data", at("trees.jsonl"), "--steps", "2", "--seed", "4", "--out", at(out)]; // prettier-ignore

test("a training leaves a model with its data's name and a receipt, and is resumed to the same", async () => {
  await writeGraphFile(at("trees.jsonl"), trees.slice(0, 8));
  await expect(run([...train("model"), "--resume"])).rejects.toThrow(/an earlier training to go on with/);
  expect(await run(train("model"))).toMatch(/Trained sbm on 8 graphs \(trees\.jsonl\)[^]*Try: npx nextscale graphs/);
  const { data } = JSON.parse(readFileSync(at("model/model.json"), "utf8")) as { data: { name: string } };
  expect(data.name).toBe("trees.jsonl");
  const receipt = parseReceipt(readFileSync(at("model.receipt.json")));
  expect(receipt).toMatchObject({ seed: 4, networkEvaluations: 2, options: { preset: "sbm", graphs: 8 } });
  await expect(run(train("model"))).rejects.toThrow(/holds an earlier training; add --resume/);
  const printed = JSON.parse(await run([...train("model"), "--resume", "--json"])) as object;
  expect(printed).toMatchObject({ modelHash: receipt.modelHash, resumedAt: 2, steps: 2 });
});

test("diffusion on the same network is the preset without scales between", async () => {
  await writeGraphFile(at("trees.jsonl"), trees.slice(0, 8));
  await run([...train("diffusion"), "--hierarchy", "one-scale"]);
  const { config } = JSON.parse(readFileSync(at("diffusion/model.json"), "utf8")) as { config: { hierarchy: string } };
  expect(config.hierarchy).toBe("one-scale");
  expect(parseReceipt(readFileSync(at("diffusion.receipt.json"))).options).toMatchObject({ hierarchy: "one-scale" });
  // What was learned with scales does not go on without.
  await expect(run([...train("diffusion"), "--resume"])).rejects.toThrow(/hierarchy|configuration/);
});

test("an interrupted training says how it goes on, and goes on to the same bits", async () => {
  await writeGraphFile(at("trees.jsonl"), trees.slice(0, 8));
  const { signal: own } = new AbortController();
  let looked = 0;
  Object.defineProperty(own, "aborted", { get: () => looked++ >= 1 });
  await expect(run([...train("stopped"), "--hierarchy", "one-scale"], own)).rejects.toThrow(
    /go on with: npx nextscale graphs train --preset sbm --data .* --steps 2 --hierarchy one-scale --resume/,
  );
  const resumed = await run([...train("stopped"), "--hierarchy", "one-scale", "--resume", "--json"]);
  const { modelHash } = parseReceipt(readFileSync(at("diffusion.receipt.json")));
  expect(JSON.parse(resumed)).toMatchObject({ resumedAt: 1, modelHash });
});

test("without the published set graphs are generated, and that is said; molecules have none", async () => {
  vi.stubEnv("NEXTSCALE_DATA", at("nowhere"));
  const { graphs, name, notes } = await trainingGraphs("tree", { signal });
  expect(graphs).toHaveLength(128);
  expect(graphs.every((graph) => isTree(graph) && graph.nodeCount === 64)).toBe(true);
  expect(name).toBe("generated tree");
  expect(notes.join()).toMatch(/the published set tree is not in NEXTSCALE_DATA/);
  await expect(run(["graphs", "train", "--preset", "qm9", "--out", at("no")])).rejects.toThrow(/qm9\.smi\.gz or qm9\.smi/); // prettier-ignore
  expect(existsSync(at("no"))).toBe(false);
});

test("molecules of a file become graphs of the preset's atoms; a line that does not is named, and left out where asked for", async () => {
  writeFileSync(at("m.smi"), "CCO\nCC(=O)N\nC[Si](C)C\nCC(C\n");
  await expect(trainingGraphs("qm9", { path: at("m.smi"), signal })).rejects.toThrow(/in line 3 of .*m\.smi, got unmodelled.*--skip-invalid/); // prettier-ignore
  const { graphs, notes } = await trainingGraphs("qm9", { path: at("m.smi"), skipInvalid: true, signal });
  expect(graphs.map(edgesOf)).toEqual([[[0, 1, 0], [1, 2, 0]], [[0, 1, 0], [1, 2, 1], [1, 3, 0]]]); // prettier-ignore
  expect(notes).toEqual([
    expect.stringMatching(/2 lines of .*m\.smi left out:/),
    expect.stringMatching(/line 3: unmodelled/),
    expect.stringMatching(/line 4: refused/),
  ]);
});

test("a model is trained to be asked for a descriptor", { timeout: 120_000 }, async () => {
  writeFileSync(at("m.smi"), "CCO\nCC(=O)N\nCCCCF\nCO\n");
  await run(["graphs", "train", "--preset", "qm9", "--data", at("m.smi"), "--steps", "1", "--property", "tpsa", "--out", at("polar")]); // prettier-ignore
  const { config } = JSON.parse(readFileSync(at("polar/model.json"), "utf8")) as { config: { property: { name: string; mean: number } } }; // prettier-ignore
  expect(config.property.name).toBe("tpsa");
  expect(config.property.mean).toBeCloseTo((20.23 + 43.09 + 0 + 20.23) / 4, 2);
  await expect(run([...train("no"), "--property", "tpsa"])).rejects.toThrow(/a preset of molecules/);
});

test("mistakes are named", async () => {
  const words = ["graphs", "train", "--out", at("no"), "--preset"];
  await expect(run([...words, "qm10"])).rejects.toThrow(/--preset among qm9, zinc250k, planar, tree, sbm, got qm10/);
  await expect(run([...words, "qm9", "--property", "logp"])).rejects.toThrow(/one of exactmw, .*CrippenClogP/);
  await expect(run([...words, "tree", "--data", at("m.smi")])).rejects.toThrow(
    /graphs, for a model or a preset without atoms/,
  );
  await expect(run([...words, "tree", "--data", at("x.txt")])).rejects.toThrow(/a name that ends in one of \.jsonl/);
});
