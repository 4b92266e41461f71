import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  edgeLabel,
  edgesOf,
  generateGraph,
  isConnected,
  permuted,
  requireGraphFor,
  type Graph,
  type GraphModel,
  type GraphPreset,
} from "../../src/index.js";
import { loadGraphModel, trainGraphModel } from "../../src/node/index.js";
import { sharedChemistry } from "../molecule/chemistry.fixture.js";
import { graph } from "../support/graphs.js";

/* A model from its training to samples and scores: too short a training to be good, long enough to have learned something. */

const PRESET: GraphPreset = {
  model: {
    hierarchy: "pairs",
    nodeLabels: 2,
    edgeLabels: 3,
    atoms: [
      { element: "O", charge: 0 },
      { element: "N", charge: 0 },
    ],
    network: { width: 16, heads: 2, blocks: 1, walkLength: 3, pairWidth: 8 },
  },
  training: { steps: 60, batchSize: 16, learningRate: 1e-2, weightDecay: 1e-4 },
};

/** Trees of 4 to 7 nodes, whose nodes are labelled by the parity of their degree and edges by that of the higher degree. */
function labelledTree(index: number): Graph {
  const tree = generateGraph({ kind: "tree", nodes: [4, 7] }, 5, index);
  const degree = (v: number) => tree.offsets[v + 1]! - tree.offsets[v]!;
  const labels = Array.from({ length: tree.nodeCount }, (_, v) => degree(v) % 2);
  return graph(tree.nodeCount, edgesOf(tree).map(([a, b]) => [a, b, Math.max(degree(a), degree(b)) % 2]), labels); // prettier-ignore
}

const graphs = Array.from({ length: 64 }, (_, i) => labelledTree(i));
let folder: string;
let model: GraphModel;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nextscale-graphs-"));
  const trained = await trainGraphModel({
    preset: PRESET,
    graphs,
    name: "labelled trees",
    out: join(folder, "model"),
    seed: 1,
  });
  expect(trained.steps).toBe(60);
  model = await loadGraphModel(join(folder, "model"));
}, 120_000);

afterAll(async () => {
  await model.close();
  await rm(folder, { recursive: true });
});

const withoutFunctions = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

describe("a training that begins with a model", () => {
  const further = (name: string, preset: GraphPreset, from = join(folder, "model")) =>
    trainGraphModel({ preset, graphs, name: "the same trees", out: join(folder, name), seed: 2, from });
  const shortly = (steps: number, learningRate: number): GraphPreset => ({
    ...PRESET,
    training: { ...PRESET.training, steps, learningRate },
  });

  test("has its weights to begin with", async () => {
    await further("the same", shortly(1, 1e-12));
    const same = await loadGraphModel(join(folder, "the same"));
    const [own, other] = [await model.score(graphs.slice(0, 5)), await same.score(graphs.slice(0, 5))];
    own.forEach(({ logProbability }, i) => expect(other[i]!.logProbability).toBeCloseTo(logProbability, 4));
    await same.close();
  });

  test("refuses one of another network, and one that is not there", async () => {
    const wider = { ...PRESET, model: { ...PRESET.model, network: { ...PRESET.model.network, width: 32 } } };
    await expect(further("wider", wider)).rejects.toMatchObject({ code: "invalid-argument", got: expect.stringContaining('"width":16') as string }); // prettier-ignore
    await expect(further("missing", PRESET, "no-such-model")).rejects.toMatchObject({ code: "invalid-argument" });
  });
});

describe("samples", () => {
  test("are graphs of the sizes and labels that were learned, whose levels grow out of one node", async () => {
    const samples = await model.sample({ count: 20, seed: 3 });
    for (const { graph: g, levels, evaluations, logProbability } of samples) {
      expect(model.config.sizes[g.nodeCount]).toBeGreaterThan(0);
      expect(Math.max(...g.nodeLabels)).toBeLessThan(2);
      expect(levels[0]!.graph.nodeCount).toBe(1);
      expect(levels.at(-1)!.graph).toBe(g);
      for (const { mass } of levels) expect(mass.reduce((sum, m) => sum + m, 0)).toBe(g.nodeCount);
      levels.slice(1).forEach(({ mass, parents }, k) => {
        const sums = levels[k]!.mass.map(() => 0);
        parents.forEach((parent, node) => (sums[parent]! += mass[node]!));
        expect(sums).toEqual(levels[k]!.mass);
      });
      expect(evaluations).toBeGreaterThan(0);
      expect(logProbability).toBeLessThan(0);
    }
  });

  test("are the same alone, in a batch and in a shard", async () => {
    const all = await model.sample({ count: 12, seed: 4 });
    const last = await model.sample({ count: 5, seed: 4, first: 7 });
    const [third] = await model.sample({ count: 1, seed: 4, first: 3 });
    expect(withoutFunctions(last)).toEqual(withoutFunctions(all.slice(7)));
    expect(withoutFunctions(third)).toEqual(withoutFunctions(all[3]));
    expect(withoutFunctions(await model.sample({ count: 12, seed: 5 }))).not.toEqual(withoutFunctions(all));
  });

  test("have nodes whose numbers tell nothing: degrees are the same at every place of the array", async () => {
    const size = 6;
    const samples = await model.sample({ count: 400, seed: 9, size });
    const degree = ({ offsets }: Graph, v: number) => offsets[v + 1]! - offsets[v]!;
    /** Chi-square of a table of places by degrees of 0, 1, 2, 3 and more, with 15 degrees of freedom. */
    const chiSquare = (placed: readonly Graph[]) => {
      const table = Array.from({ length: size }, (_, v) =>
        [0, 1, 2, 3].map((d) => placed.filter((g) => Math.min(3, degree(g, v)) === d).length),
      );
      const columns = [0, 1, 2, 3].map((d) => table.reduce((sum, row) => sum + row[d]!, 0) / size);
      return table.flatMap((row) => row.map((n, d) => (columns[d]! > 0 ? (n - columns[d]!) ** 2 / columns[d]! : 0))).reduce((a, b) => a + b, 0); // prettier-ignore
    };
    // Beyond 37.7 once in a thousand times.
    expect(chiSquare(samples.map(({ graph: g }) => g))).toBeLessThan(37.7);
    // Control: the nodes with most neighbours first.
    const sorted = samples.map(({ graph: g }) => {
      const byDegree = Array.from({ length: size }, (_, v) => v).sort((a, b) => degree(g, b) - degree(g, a));
      return permuted(
        g,
        byDegree.map((_, v) => byDegree.indexOf(v)),
      );
    });
    expect(chiSquare(sorted)).toBeGreaterThan(100);
  });

  test("have the size that is asked for, also one that was never seen", async () => {
    for (const size of [1, 2, 6, 13]) {
      const sizes = (await model.sample({ count: 3, size })).map(({ graph: g }) => g.nodeCount);
      expect(sizes).toEqual([size, size, size]);
    }
  });

  test("take as many evaluations as substeps ask for", async () => {
    const evaluations = async (substeps: number | "exact" | readonly (number | "exact")[]) =>
      (await model.sample({ count: 8, seed: 1, size: 6, substeps })).map((sample) => ({
        evaluations: sample.evaluations,
        levels: sample.levels.length,
      }));
    for (const { evaluations: taken, levels } of await evaluations(1)) expect(taken).toBe(levels);
    const [few, some, all] = [await evaluations(1), await evaluations([3, 1]), await evaluations("exact")];
    const mean = (of: readonly { evaluations: number }[]) =>
      of.reduce((sum, one) => sum + one.evaluations, 0) / of.length;
    expect(mean(few)).toBeLessThan(mean(some));
    expect(mean(some)).toBeLessThan(mean(all));
  });

  test("are drawn again in sweeps, the same alone and in a batch", async () => {
    const request = { count: 6, seed: 4, size: 6 };
    const [none, swept] = [await model.sample(request), await model.sample({ ...request, sweeps: 2 })];
    expect(withoutFunctions(await model.sample({ ...request, sweeps: 0 }))).toEqual(withoutFunctions(none));
    expect(withoutFunctions(swept)).not.toEqual(withoutFunctions(none));
    const [fourth] = await model.sample({ ...request, count: 1, first: 3, sweeps: 2 });
    expect(withoutFunctions(fourth)).toEqual(withoutFunctions(swept[3]));
    for (const { evaluations, levels, logProbability } of swept) {
      expect(evaluations).toBeGreaterThanOrEqual(3 * levels.length);
      expect(logProbability).toBeNaN();
    }
  });

  test("say what is wrong with a request, and when they are interrupted", async () => {
    await expect(model.sample({ count: 0 })).rejects.toThrow("count to be a whole number from 1");
    await expect(model.sample({ count: 1, substeps: 0 })).rejects.toThrow("substeps");
    await expect(model.sample({ count: 1, size: 1e6 })).rejects.toThrow("size");
    await expect(model.sample({ count: 1, steps: 3 } as never)).rejects.toThrow("options among");
    const signal = AbortSignal.abort();
    await expect(model.sample({ count: 1, signal })).rejects.toMatchObject({ code: "interrupted" });
  });
});

describe("scores", () => {
  test("know what was learned: its graphs are likelier than the same with other labels", async () => {
    const done: number[] = [];
    const scores = await model.score(graphs.slice(0, 24), { onProgress: (count, total) => done.push(count, total) });
    expect(done).toEqual(Array.from({ length: 24 }, (_, i) => [i + 1, 24]).flat());
    const turned = graphs.slice(0, 24).map((g) => ({ ...g, nodeLabels: g.nodeLabels.map((label) => 1 - label) }));
    const others = await model.score(turned);
    const mean = (of: readonly { logProbability: number }[]) =>
      of.reduce((sum, s) => sum + s.logProbability, 0) / of.length;
    expect(mean(scores)).toBeGreaterThan(mean(others) + 1);
    expect(scores[0]!.bitsPerNode).toBeCloseTo(-scores[0]!.logProbability / Math.LN2 / graphs[0]!.nodeCount, 10);
  });

  test("come closer to the graph's own with every set of levels", async () => {
    const some = graphs.slice(0, 6);
    const [one, four, many] = await Promise.all(
      [1, 4, 64].map((hierarchies) => model.score(some, { hierarchies, seed: 2 })),
    );
    some.forEach((_, i) => {
      expect(four![i]!.logProbability).toBeGreaterThanOrEqual(one![i]!.logProbability);
      expect(many![i]!.logProbability).toBeGreaterThanOrEqual(four![i]!.logProbability);
      // The same levels are not counted twice: a small graph has not so many.
      expect(many![i]!.hierarchies).toBeLessThan(64);
    });
    const total = (of: typeof one) => of!.reduce((sum, { logProbability }) => sum + logProbability, 0);
    expect(total(many)).toBeGreaterThan(total(four));
    expect(total(four)).toBeGreaterThan(total(one));
    // All have four nodes or more: of others nothing is looked at.
    const [single] = await model.score([graph(1, [])], { hierarchies: 64 });
    expect(single).toEqual({ logProbability: -Infinity, bitsPerNode: Infinity, hierarchies: 0, evaluations: 0 });
  });

  test("say that they were interrupted", async () => {
    const signal = AbortSignal.abort();
    await expect(model.score(graphs.slice(0, 2), { signal })).rejects.toMatchObject({
      code: "interrupted",
      expected: "2 scores",
      fix: "call again: the same seed gives the same scores",
    });
  });

  test("refuse labels that the model has not", async () => {
    await expect(model.score([graph(2, [[0, 1, 5]])])).rejects.toThrow("edge labels below 3");
    await expect(model.score([graph(0, [])])).rejects.toThrow("graph 0 to have nodes");
    const { config } = model;
    expect(() => requireGraphFor(graph(1, [], [7]), config)).toThrow("a graph to have node labels below");
    requireGraphFor(graph(1, []), config);
  });
});

describe("constraints", () => {
  const request = { count: 40, seed: 6, size: 7 } as const;

  test("connected: all graphs are, at every scale, and without it some are not", async () => {
    const free = await model.sample(request);
    expect(free.some(({ graph: g }) => !isConnected(g))).toBe(true);
    for (const { levels, constrained } of await model.sample({ ...request, connected: true })) {
      for (const level of levels) expect(isConnected(level.graph)).toBe(true);
      expect(constrained.violated).toBe(0);
    }
  });

  test("scaffold: every sample has it, with no other edges inside, and most have more around it", async () => {
    const path = graph(3, [[0, 1, 1], [1, 2, 0]], [1, 0, 1]); // prettier-ignore
    const pair = graph(2, [], [0, 0]);
    for (const scaffold of [path, pair]) {
      const samples = await model.sample({ ...request, size: 6, scaffold, connected: true });
      for (const { graph: g, scaffold: places, constrained } of samples) {
        expect(new Set(places).size).toBe(scaffold.nodeCount);
        places!.forEach((node, own) => {
          expect(g.nodeLabels[node]).toBe(scaffold.nodeLabels[own]);
          places!.forEach((other, also) => {
            if (own !== also) expect(edgeLabel(g, node, other)).toBe(edgeLabel(scaffold, own, also));
          });
        });
        if (constrained.violated === 0) expect(isConnected(g)).toBe(true);
      }
      expect(new Set(samples.map(({ scaffold: places }) => places!.join())).size).toBeGreaterThan(3);
    }
    const sizes = (await model.sample({ count: 20, scaffold: path })).map(({ graph: g }) => g.nodeCount);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(4);
    await expect(model.sample({ count: 1, scaffold: path, size: 2 })).rejects.toThrow("at least the 3 nodes");
    await expect(model.sample({ count: 1, scaffold: graph(2, [[0, 1, 9]]) })).rejects.toThrow("edge labels below 3");
    await expect(model.sample({ count: 1, scaffold: "CC" as never })).rejects.toThrow("scaffold to be a graph");
  });

  test("valence: no atom has more bonds than it has room for, unless a sample says so", async () => {
    const valences = [2, 3];
    const bonds = ({ offsets, edgeLabels }: Graph, v: number) =>
      edgeLabels.subarray(offsets[v], offsets[v + 1]).reduce((sum, label) => sum + label + 1, 0);
    const keeps = ({ graph: g }: { graph: Graph }) =>
      Array.from(g.nodeLabels, (label, v) => bonds(g, v) <= valences[label]!).every(Boolean);
    const free = await model.sample(request);
    expect(free.filter(keeps).length).toBeLessThan(free.length);
    const held = await model.sample({ ...request, valence: true });
    expect(held.filter(keeps).length).toBeGreaterThan(free.filter(keeps).length);
    for (const sample of held) if (sample.constrained.violated === 0) expect(keeps(sample)).toBe(true);
    expect(held.some(({ constrained }) => constrained.codes > 0)).toBe(true);
    // What a scaffold has bonds for is no room for others.
    const scaffold = graph(3, [[0, 1, 1], [1, 2, 0]], [0, 1, 0]); // prettier-ignore
    const around = await model.sample({ ...request, valence: true, scaffold });
    const kept = around.filter(({ constrained }) => constrained.violated === 0);
    expect(kept.length).toBeGreaterThan(around.length / 2);
    expect(kept.every(keeps)).toBe(true);
  });
});

describe("samples of molecules", () => {
  test("become SMILES, or say why not, and graphs of graphology", async () => {
    const chemistry = await sharedChemistry();
    const samples = await model.sample({ count: 40, size: 5, seed: 1 });
    const outcomes = await chemistry.canonicalSmiles(samples.map(({ graph: g }) => g), model.config.atoms!); // prettier-ignore
    expect(new Set(outcomes.map(({ ok }) => ok)).size).toBe(2);
    for (const [i, outcome] of outcomes.entries()) {
      const smiles = samples[i]!.toSmiles(chemistry);
      if (outcome.ok) expect(await smiles).toBe(outcome.value);
      else await expect(smiles).rejects.toThrow(outcome.detail);
    }
    expect(samples[0]!.toGraphology().order).toBe(5);
  });
});
