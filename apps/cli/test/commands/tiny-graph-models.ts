import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { degreeOf, edgesOf, generateGraph, graphOf, type Graph, type GraphPreset } from "@nextscale/graphs";
import { trainGraphModel } from "@nextscale/graphs/node";

const NETWORK = { width: 16, heads: 2, blocks: 1, walkLength: 3, pairWidth: 8 } as const;
const TRAINING = { steps: 40, batchSize: 16, learningRate: 1e-2, weightDecay: 1e-4 } as const;

const ETHERS: GraphPreset = {
  model: {
    hierarchy: "pairs",
    nodeLabels: 2,
    edgeLabels: 3,
    atoms: [
      { element: "C", charge: 0 },
      { element: "O", charge: 0 },
    ],
    network: NETWORK,
  },
  training: TRAINING,
};

const TREES: GraphPreset = {
  model: { hierarchy: "pairs", nodeLabels: 1, edgeLabels: 1, network: NETWORK },
  training: { ...TRAINING, steps: 5 },
};

const TREES_AT_ONCE: GraphPreset = { ...TREES, model: { ...TREES.model, hierarchy: "one-scale" } };

const ETHERS_AT_ONCE: GraphPreset = { ...ETHERS, model: { ...ETHERS.model, hierarchy: "one-scale" } };

/** Trees of 4 to 7 nodes. */
export const trees = Array.from({ length: 48 }, (_, i) => generateGraph({ kind: "tree", nodes: [4, 7] }, 5, i));

function asEther(tree: Graph): Graph {
  const nodeLabels = Array.from({ length: tree.nodeCount }, (_, v) => (degreeOf(tree, v) === 2 ? 1 : 0));
  return graphOf({ nodeCount: tree.nodeCount, edges: edgesOf(tree), nodeLabels });
}

/** Folders of models, by name, which the test files of a process share; they are gone with it. */
const models = new Map<string, Promise<string>>();

function trained(name: string, preset: GraphPreset, graphs: readonly Graph[]): Promise<string> {
  const known = models.get(name);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), "nextscale-tiny-graphs-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const out = join(folder, name);
  const model = trainGraphModel({ preset, graphs, name, out }).then(() => out);
  models.set(name, model);
  return model;
}

/** A model of molecules: trees of carbon, with oxygen where an atom has two neighbours. */
export const etherModel = () => trained("ethers", ETHERS, trees.map(asEther));

/** A model of trees without labels. */
export const treeModel = () => trained("trees", TREES, trees);

/** The same without scales between. */
export const oneScaleTreeModel = () => trained("trees-at-once", TREES_AT_ONCE, trees);

/** Molecules without scales between. */
export const oneScaleEtherModel = () => trained("ethers-at-once", ETHERS_AT_ONCE, trees.map(asEther));
