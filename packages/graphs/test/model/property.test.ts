import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { edgesOf, generateGraph, type Graph, type GraphModel, type GraphPreset } from "../../src/index.js";
import { loadGraphModel, trainGraphModel } from "../../src/node/index.js";
import { graph } from "../support/graphs.js";

/* A model that is told what share of the nodes have label 1, and then asked for it. */

const PRESET: GraphPreset = {
  model: {
    hierarchy: "pairs",
    nodeLabels: 2,
    edgeLabels: 1,
    network: { width: 16, heads: 2, blocks: 1, walkLength: 2, pairWidth: 8 },
  },
  training: { steps: 60, batchSize: 32, learningRate: 1e-2, weightDecay: 1e-4 },
};

/** Trees of which half have nodes of label 0 only, and half of label 1. */
const graphs = Array.from({ length: 32 }, (_, i): Graph => {
  const tree = generateGraph({ kind: "tree", nodes: [3, 5] }, 1, i);
  return graph(tree.nodeCount, edgesOf(tree), new Array<number>(tree.nodeCount).fill(i % 2));
});
const shares = graphs.map((_, i) => 10 * (i % 2));

let folder: string;
let model: GraphModel;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nextscale-graphs-"));
  const property = { name: "share", values: shares };
  await trainGraphModel({ preset: PRESET, graphs, property, name: "trees", out: join(folder, "model"), seed: 1 });
  model = await loadGraphModel(join(folder, "model"));
}, 120_000);

afterAll(async () => {
  await model.close();
  await rm(folder, { recursive: true });
});

const shareAt = async (request: { property?: number; guidance?: number }) => {
  const samples = await model.sample({ count: 60, seed: 1, substeps: 1, ...request });
  const labels = samples.flatMap(({ graph: g }) => [...g.nodeLabels]);
  return {
    share: labels.reduce((sum, label) => sum + label, 0) / labels.length,
    evaluations: samples.reduce((sum, sample) => sum + sample.evaluations, 0),
  };
};

test("samples have the property that is asked for, with guidance more so, and without it as it was learned", async () => {
  expect(model.config.property).toEqual({ name: "share", mean: 5, deviation: 5 });
  const [low, high, open] = await Promise.all([shareAt({ property: 0 }), shareAt({ property: 10 }), shareAt({})]);
  expect(low.share).toBeLessThan(0.35);
  expect(high.share).toBeGreaterThan(0.65);
  expect(open.share).toBeGreaterThan(low.share);
  expect(open.share).toBeLessThan(high.share);
  const guided = await shareAt({ property: 10, guidance: 3 });
  expect(guided.share).toBeGreaterThanOrEqual(high.share);
  expect(guided.evaluations / high.evaluations).toBeGreaterThan(1.5);
});

test("the network hears what is asked for: the same nodes are joined to a path or to a star", async () => {
  const star = graph(5, [1, 2, 3, 4].map((v) => [0, v])); // prettier-ignore
  const path = graph(5, [1, 2, 3, 4].map((v) => [v - 1, v])); // prettier-ignore
  const shapes = Array.from({ length: 32 }, (_, i) => (i % 2 === 0 ? path : star));
  const property = { name: "hub", values: shapes.map((_, i) => i % 2) };
  const out = join(folder, "shapes");
  const preset = { model: { ...PRESET.model, nodeLabels: 1 }, training: { ...PRESET.training, steps: 150 } };
  await trainGraphModel({ preset, graphs: shapes, property, name: "shapes", out, seed: 1 });
  const shaped = await loadGraphModel(out);
  const hubsAmong = async (value: number) => {
    const samples = await shaped.sample({ count: 60, seed: 1, property: value, guidance: 2 });
    return samples.filter(({ graph: { offsets } }) => offsets.some((end, v) => v > 0 && end - offsets[v - 1]! === 4))
      .length;
  };
  const [few, many] = [await hubsAmong(0), await hubsAmong(1)];
  await shaped.close();
  expect(few).toBeLessThan(20);
  expect(many).toBeGreaterThan(40);
}, 60_000);

test("what is asked for must make sense, and so must what is learned from", async () => {
  await expect(model.sample({ count: 1, guidance: 2 })).rejects.toThrow("a number beside a guidance");
  await expect(model.sample({ count: 1, property: NaN })).rejects.toThrow("property to be a number from -4995 to 5005");
  await expect(model.sample({ count: 1, property: 1e300 })).rejects.toThrow("property to be a number");
  const train = (values: readonly number[]) =>
    trainGraphModel({ preset: PRESET, graphs, property: { name: "x", values }, name: "", out: join(folder, "other") });
  await expect(train([1, 2])).rejects.toThrow("a finite number of x for each of 32 graphs, got 2 numbers");
  await expect(train(graphs.map(() => 3))).rejects.toThrow("graphs that differ in x");
});
