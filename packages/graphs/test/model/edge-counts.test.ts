import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Graph, GraphModel, GraphPreset } from "../../src/index.js";
import { loadGraphModel, trainGraphModel } from "../../src/node/index.js";
import { graph } from "../support/graphs.js";

/* Chains of four nodes whose edges all have label 0, or all label 1: drawn all at once no edge knows of the others, but for what all are told. */

const chainOf = (label: number): Graph => graph(4, [[0, 1, label], [1, 2, label], [2, 3, label]]); // prettier-ignore
const graphs = Array.from({ length: 32 }, (_, i) => chainOf(i % 2));

let folder: string;
let told: GraphModel;
let untold: GraphModel;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nextscale-graphs-"));
  const trained = async (edgeCounts: boolean): Promise<GraphModel> => {
    const network = { width: 16, heads: 2, blocks: 1, walkLength: 2, pairWidth: 8 };
    const preset: GraphPreset = {
      model: { hierarchy: "pairs", nodeLabels: 1, edgeLabels: 2, edgeCounts, network },
      training: { steps: 120, batchSize: 32, learningRate: 1e-2, weightDecay: 1e-4 },
    };
    const out = join(folder, String(edgeCounts));
    await trainGraphModel({ preset, graphs, name: "chains", out, seed: 1 });
    return loadGraphModel(out);
  };
  told = await trained(true);
  untold = await trained(false);
}, 120_000);

afterAll(async () => {
  await Promise.all([told.close(), untold.close()]);
  await rm(folder, { recursive: true });
});

/** Of samples that are drawn at once, the share whose edges have one label; of those the share that have label 1. */
async function uniform(model: GraphModel): Promise<{ readonly share: number; readonly ones: number }> {
  const samples = await model.sample({ count: 200, seed: 1, substeps: 1 });
  const alike = samples.filter(({ graph: { edgeLabels } }) => new Set(edgeLabels).size === 1);
  const ones = alike.filter(({ graph: { edgeLabels } }) => edgeLabels[0] === 1);
  return { share: alike.length / samples.length, ones: ones.length / alike.length };
}

test("what is decided first is what graphs were made of, and samples have it", async () => {
  expect(told.config.formulas.map(({ edges, graphs: count }) => [edges, count])).toEqual([[[3, 0], 16], [[0, 3], 16]]); // prettier-ignore
  expect(untold.config.formulas).toEqual([{ counts: [4], graphs: 32 }]);
  const { share, ones } = await uniform(told);
  expect(share).toBeGreaterThan(0.95);
  expect(Math.abs(ones - 0.5)).toBeLessThan(0.15);
  // Control: of three draws that know of nothing a quarter agree.
  expect((await uniform(untold)).share).toBeLessThan(0.5);
});

test("a graph is scored where its own edges are told", async () => {
  const nats = async (model: GraphModel, of: Graph) => (await model.score([of], { substeps: 1 }))[0]!.logProbability;
  // One of two compositions, and then nothing is left to say of labels; three of them otherwise. Were nothing told, less by one of two.
  const more = (await nats(told, chainOf(1))) - (await nats(untold, chainOf(1)));
  expect(more).toBeGreaterThan(Math.log(2));
  // Of edges that no graph had nothing is told, and no graph is made of what is left.
  expect(await nats(told, graph(4, [[0, 1, 0], [1, 2, 1], [2, 3, 0]]))).toBe(-Infinity); // prettier-ignore
});
