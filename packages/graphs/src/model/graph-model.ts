import type { ModelDescription } from "@nextscale/refinement-core";
import type { GraphModelConfig } from "../config/config.js";
import type { Graph } from "../graph/graph.js";
import type { GraphologyGraph } from "../graph/graphology.js";
import type { Chemistry } from "../molecule/chemistry.js";
import type { Level } from "../pyramid/level.js";
import type { SubstepPlan } from "../sampling/reveal-order.js";

/** What to sample. */
export interface GraphSampleRequest {
  readonly count: number;
  /** Default 0. */
  readonly seed?: number | bigint;
  /** Number of the first sample: sample i is the same alone, in a batch or in a shard. Default 0. */
  readonly first?: number;
  /** Nodes of each graph; default: as often as among the graphs that were learned from. */
  readonly size?: number;
  /** Default `exact`. */
  readonly substeps?: SubstepPlan;
  /** Below 1 what is likely becomes likelier. Default 1. */
  readonly temperature?: number;
  /**
   * How often all codes of each level are drawn again once they are there, each part knowing all the others: an evaluation for each part of the
   * plan, those of `exact` with `adaptive`. Default 0.
   */
  readonly sweeps?: number;
  /** What the property that the model knows is to be, in its own units, within 1,000 deviations of its mean; default: whatever it is. */
  readonly property?: number;
  /** How much more than what was learned the property counts: 1 as learned (the default), above it is kept to more strictly. */
  readonly guidance?: number;
  /** An induced subgraph that every sample is to have; how it came to be there is drawn at random. */
  readonly scaffold?: Graph;
  /** Only connected graphs; how often it interfered is in each sample. Default false. */
  readonly connected?: boolean;
  /** Only bonds that atoms have room for, of a model of molecules; how often it interfered is in each sample. Default false. */
  readonly valence?: boolean;
  readonly signal?: AbortSignal;
  /** Called with the number of samples that are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A generated graph and how it came about. */
export interface GraphSample {
  readonly graph: Graph;
  /** What it looked like at each scale, coarsest first, the graph last. */
  readonly levels: readonly GraphLevel[];
  /** Node of the graph that each node of the scaffold is, where there was one. */
  readonly scaffold?: Int32Array;
  /** Evaluations of the network; with guidance two for each look at it. */
  readonly evaluations: number;
  /**
   * Logarithm of the probability of what it is made of and of its codes, in nats, given the size and the property if asked for, without
   * constraints; NaN with sweeps.
   */
  readonly logProbability: number;
  /** Codes that constraints had a say in, those of levels that had to be begun again included, and those for which they allowed nothing and were not kept. */
  readonly constrained: { readonly codes: number; readonly violated: number };
  /** The graph for graphology. */
  toGraphology(): GraphologyGraph;
  /**
   * The canonical SMILES of the molecule that the graph is. Of many samples `chemistry.canonicalSmiles` asks at once.
   *
   * @throws NextscaleError `invalid-data` where it is no molecule, with the reason, or the model is none of molecules
   */
  toSmiles(chemistry: Pick<Chemistry, "canonicalSmiles">): Promise<string>;
}

/** A level of a sample. */
export interface GraphLevel extends Pick<Level, "graph" | "mass"> {
  /** Of each node in the level before; all 0 in the first. */
  readonly parents: Int32Array;
}

/** Which levels and orders of codes a score is for. */
export interface GraphScoreRequest {
  /** Default 0: of the keys that make the levels of a graph. */
  readonly seed?: number | bigint;
  /** As for sampling: order and context of the codes. Default `exact`. */
  readonly substeps?: SubstepPlan;
  /** Sets of levels that are tried of each graph: the more, the closer the bound. Default 1. */
  readonly hierarchies?: number;
  readonly signal?: AbortSignal;
  /** Called with the number of graphs that are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** How likely a graph is at least. */
export interface GraphScore {
  /**
   * Logarithm of the probability of the formula and of the codes of any of the sets of levels that were tried, in nats.
   * Different sets of codes exclude each other, so on average over orders of codes this is a lower bound of the logarithm of the probability
   * of the graph up to isomorphism, which comes closer with every set.
   */
  readonly logProbability: number;
  /** Sets of levels that differ. */
  readonly hierarchies: number;
  /** Bits per node. */
  readonly bitsPerNode: number;
  readonly evaluations: number;
}

/** A trained model of graphs. Calls may overlap. */
export interface GraphModel {
  readonly config: GraphModelConfig;
  /** Of the two files. */
  readonly hash: string;
  /** Name of the engine it runs on. */
  readonly engine: string;
  readonly seed: ModelDescription["seed"];
  /** What it was trained on. */
  readonly data: ModelDescription["data"];
  /**
   * Generates graphs.
   *
   * @throws NextscaleError `invalid-argument` for a request outside its ranges, `invalid-data` for a scaffold with labels that the model has
   *   not, `interrupted` when the signal aborts
   */
  sample(request: GraphSampleRequest): Promise<GraphSample[]>;
  /**
   * Scores graphs at levels of theirs that the seed determines.
   *
   * @throws NextscaleError `invalid-argument` for a request outside its ranges, `invalid-data` for labels that the model has not,
   *   `interrupted` when the signal aborts
   */
  score(graphs: readonly Graph[], request?: GraphScoreRequest): Promise<GraphScore[]>;
  /** Frees the programs, and the engine if it is the model's own. */
  close(): Promise<void>;
}
