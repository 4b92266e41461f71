import { atomTypes } from "../molecule/vocabulary.js";
import type { GraphModelConfig, GraphTrainingConfig } from "./config.js";

/** What is trained, and for how long. */
export interface GraphPreset {
  readonly model: Omit<GraphModelConfig, "sizes" | "labelShares" | "formulas" | "divisions">;
  readonly training: GraphTrainingConfig;
}

const TRAINING = { learningRate: 3e-3, weightDecay: 1e-4 } as const;

/** Graphs without labels. */
const PLAIN = { hierarchy: "pairs", nodeLabels: 1, edgeLabels: 1 } as const;

/** The atoms of QM9, and those of ZINC250k. */
const QM9_ATOMS = atomTypes("C- C N- N N+ O- O F");
const ZINC_ATOMS = atomTypes("C- C N- N N+ O- O O+ F P P+ S- S S+ Cl Br I");

/** Models by name; each is made for the data set of that name. */
export const GRAPH_PRESETS = {
  /** Molecules of up to nine heavy atoms. */
  qm9: {
    model: {
      hierarchy: "pairs",
      nodeLabels: QM9_ATOMS.length,
      edgeLabels: 3,
      atoms: QM9_ATOMS,
      network: { width: 128, heads: 8, blocks: 5, walkLength: 6, pairWidth: 96 },
    },
    training: { ...TRAINING, steps: 24_000, batchSize: 192 },
  },
  /** Drug-like molecules of up to 38 heavy atoms. */
  zinc250k: {
    model: {
      hierarchy: "pairs",
      nodeLabels: ZINC_ATOMS.length,
      edgeLabels: 3,
      atoms: ZINC_ATOMS,
      network: { width: 128, heads: 8, blocks: 6, walkLength: 8, pairWidth: 64 },
    },
    training: { ...TRAINING, steps: 12_000, batchSize: 96 },
  },
  planar: {
    model: {
      ...PLAIN,
      network: { width: 96, heads: 6, blocks: 5, walkLength: 8, pairWidth: 64, messages: { rounds: 2, width: 32 } },
    },
    training: { ...TRAINING, steps: 3000, batchSize: 16 },
  },
  tree: {
    model: { ...PLAIN, network: { width: 96, heads: 6, blocks: 5, walkLength: 8, pairWidth: 64 } },
    training: { ...TRAINING, steps: 3000, batchSize: 16 },
  },
  sbm: {
    model: { ...PLAIN, network: { width: 64, heads: 4, blocks: 5, walkLength: 6, pairWidth: 32 } },
    training: { ...TRAINING, steps: 2400, batchSize: 8 },
  },
} as const satisfies Record<string, GraphPreset>;

/** Name of a preset. */
export type GraphPresetName = keyof typeof GRAPH_PRESETS;
