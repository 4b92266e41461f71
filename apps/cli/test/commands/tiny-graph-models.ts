import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { degreeOf, edgesOf, generateGraph, graphOf, type Graph, type GraphPreset } from "@nextscale/graphs";
import { trainGraphModel } from "@nextscale/graphs/node";

/** Folders of models that were trained for a moment. */
export interface TinyGraphModels {
  /** Of trees of carbon, with oxygen where an atom has two neighbours. */
  readonly molecules: string;
  /** Of trees without labels. */
  readonly trees: string;
}

const NETWORK = { width: 16, heads: 2, blocks: 1, walkLength: 3, pairWidth: 8 } as const;
const TRAINING = { steps: 60, batchSize: 16, learningRate: 1e-2, weightDecay: 1e-4 } as const;

const MOLECULES: GraphPreset = {
  model: {
    hierarchy: "pairs",
    nodeLabels: 2,
    edgeLabels: 3,
    atoms: [
      { element: "C", charge: 0 },
      { element: "O", charge: 0 },
    ],
    compositions: 4,
    network: NETWORK,
  },
  training: TRAINING,
};

const TREES: GraphPreset = {
  model: { hierarchy: "pairs", nodeLabels: 1, edgeLabels: 1, compositions: 1, network: NETWORK },
  training: { ...TRAINING, steps: 20 },
};

/** Trees of 4 to 7 nodes. */
export const trees = Array.from({ length: 48 }, (_, i) => generateGraph({ kind: "tree", nodes: [4, 7] }, 5, i));

function asEther(tree: Graph): Graph {
  const nodeLabels = Array.from({ length: tree.nodeCount }, (_, v) => (degreeOf(tree, v) === 2 ? 1 : 0));
  return graphOf({ nodeCount: tree.nodeCount, edges: edgesOf(tree), nodeLabels });
}

let models: Promise<TinyGraphModels> | undefined;

/** The models, which the test files of a process share; they are gone with it. */
export function tinyGraphModels(): Promise<TinyGraphModels> {
  return (models ??= train());
}

async function train(): Promise<TinyGraphModels> {
  const folder = mkdtempSync(join(tmpdir(), "nextscale-tiny-graphs-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const made = { molecules: join(folder, "molecules"), trees: join(folder, "trees") };
  await trainGraphModel({ preset: MOLECULES, graphs: trees.map(asEther), name: "ethers", out: made.molecules });
  await trainGraphModel({ preset: TREES, graphs: trees, name: "trees", out: made.trees });
  return made;
}
