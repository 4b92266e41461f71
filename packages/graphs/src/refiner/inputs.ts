import type { GraphModelConfig } from "../config/config.js";
import type * as tf from "@tensorflow/tfjs-core";
import { PAIRS, SLOT } from "../pyramid/candidates.js";
import type { Known, PartlyChosen } from "../pyramid/codes.js";
import { FORMS, formAt, type Patterns } from "../pyramid/patterns.js";
import { BOND_FEATURES, bondFeatures } from "./bond-features.js";
import { NEIGHBOUR_FEATURES, neighbourFeatures } from "./neighbour-features.js";
import { pairStates, stateOfPair, walkFeatures } from "./pair-states.js";
import { emptyLinks, writeLinks, type LinkInputs } from "./link-inputs.js";

/** What is known of a level when a refiner looks at it. */
export interface Task extends PartlyChosen {
  /** What the property of the graph is to be, in deviations from its mean, of a model that has one; nothing where that is open. */
  readonly property?: number | undefined;
}

/** Sizes that a batch is padded to. */
export interface Capacity {
  readonly items: number;
  readonly nodes: number;
  readonly groups: number;
}

/** What the refiner reads of a batch of levels, as arrays: nodes and groups, and either all pairs or those that may be edges. */
export type RefinerInputs = NodeAndGroupInputs & (PairInputs | LinkInputs);

/** The same as tensors. */
export type RefinerTensors = TensorsOf<NodeAndGroupInputs> & (TensorsOf<PairInputs> | TensorsOf<LinkInputs>);

type TensorsOf<T> = { readonly [K in keyof T]: tf.Tensor };

/** All pairs of nodes. */
export interface PairInputs {
  /** State of each: see `pairStates` [items, nodes, nodes]. */
  readonly pairs: Int32Array;
}

/** Nodes and groups. */
export interface NodeAndGroupInputs {
  /** [items, nodes, features] */
  readonly nodes: Float32Array;
  /** 1 for a node and 0 for padding [items, nodes]. */
  readonly mask: Float32Array;
  /** The one node of each pair of each group, and the other, [items, groups, 4]. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** Row of each pair among all items * nodes * nodes, or among all links, [items, groups, 4]. */
  readonly places: Int32Array;
  /** 1 for a pair and 0 where a group has none [items, groups, 4]. */
  readonly present: Float32Array;
  /** Row of `allowedPatterns` of each group; `FORMS` for padding [items, groups]. */
  readonly forms: Int32Array;
  /** How many nodes of each label each node has, and how many its lighter part can have [items, nodes, labels + 1]. */
  readonly limits: Int32Array;
}

/** Features of a node besides those of its labels. */
const FIXED_FEATURES = 10;
/** Of each label: how many nodes, what share of the node's, what share is split off where that is known. */
const LABEL_FEATURES = 3;
/** Whether a property is asked for, and how much of it. */
const PROPERTY_FEATURES = 2;

/** What the features of a node depend on. */
type NodeSettings = Pick<GraphModelConfig, "nodeLabels" | "edgeLabels" | "property" | "atoms">;

/** Numbers that describe a node. */
export function nodeFeatures({ nodeLabels, edgeLabels, property, atoms }: NodeSettings): number {
  const ofLabels = LABEL_FEATURES * nodeLabels + Number(edgeLabels > 1);
  const ofNeighbours = NEIGHBOUR_FEATURES * (pairStates(edgeLabels) - 1);
  return FIXED_FEATURES + (property === undefined ? 0 : PROPERTY_FEATURES) + (atoms === undefined ? 0 : BOND_FEATURES) + ofNeighbours + ofLabels; // prettier-ignore
}

/** Writes levels into the arrays of a batch. */
export function refinerInputs(
  tasks: readonly Task[],
  capacity: Capacity,
  { patterns, config }: { readonly patterns: Patterns; readonly config: NodeSettings & Pick<GraphModelConfig, "network"> }, // prettier-ignore
): RefinerInputs {
  const { items, nodes, groups } = capacity;
  const { walkLength, summaries } = config.network;
  const features = nodeFeatures(config);
  const inputs: NodeAndGroupInputs = {
    nodes: new Float32Array(items * nodes * features),
    mask: new Float32Array(items * nodes),
    first: new Int32Array(items * groups * PAIRS),
    second: new Int32Array(items * groups * PAIRS),
    places: new Int32Array(items * groups * PAIRS),
    present: new Float32Array(items * groups * PAIRS),
    forms: new Int32Array(items * groups).fill(FORMS),
    limits: new Int32Array(items * nodes * (config.nodeLabels + 1)),
  };
  const ofPairs: PairInputs | LinkInputs = summaries === undefined ? { pairs: new Int32Array(items * nodes * nodes) } : emptyLinks(capacity, walkFeatures(config.network)); // prettier-ignore
  tasks.forEach((task, item) => {
    writeNodes(task, inputs, { item, nodes, features, config, patterns });
    const placeOf =
      "pairs" in ofPairs
        ? writePairs(task, ofPairs, { item, nodes, patterns })
        : writeLinks(task, ofPairs, { item, patterns, walkLength, capacity });
    writeGroups(task, inputs, placeOf, item * groups);
  });
  return { ...inputs, ...ofPairs };
}

function writeNodes(
  task: Task,
  { nodes: out, mask, limits }: NodeAndGroupInputs,
  to: {
    readonly item: number;
    readonly nodes: number;
    readonly features: number;
    readonly config: NodeSettings;
    readonly patterns: Patterns;
  },
): void {
  const { candidates, codes, known, property } = task;
  const { mass, parents, slots, formulas, labelled } = candidates;
  const { item, nodes, features, config, patterns } = to;
  const labels = config.nodeLabels;
  const single = mass.every((m) => m === 1);
  const ofGraph = [
    ...(config.property === undefined ? [] : [Number(property !== undefined), property ?? 0]),
    ...(config.edgeLabels === 1 ? [] : [Number(labelled)]),
  ];
  const bonds = bondFeatures(task, config.atoms, patterns);
  const neighbours = neighbourFeatures(task, patterns);
  const total = mass.reduce((sum, m) => sum + m, 0);
  const parentMass = new Float64Array(mass.length);
  parents.forEach((parent, node) => (parentMass[parent]! += mass[node]!));
  const unknown = shareUnknown(known);
  for (let node = 0; node < mass.length; node++) {
    const row = item * nodes + node;
    mask[row] = 1;
    const values = [
      Number(single),
      Number(slots[node] === SLOT.whole),
      Number(slots[node] === SLOT.heavier),
      Number(slots[node] === SLOT.lighter),
      Math.log2(mass[node]!) / 4,
      Math.log2(parentMass[parents[node]!]!) / 4,
      Math.log2(total) / 4,
      Math.log2(mass.length) / 4,
      unknown,
      known.splits[node]!,
      ...ofGraph,
      ...bonds(node),
      ...neighbours(node),
    ];
    let at = row * features;
    for (const value of values) out[at++] = value;
    for (let label = 0; label < labels; label++) {
      const count = formulas[node * labels + label]!;
      limits[row * (labels + 1) + label] = count;
      out[at++] = Math.log2(1 + count) / 2;
      out[at++] = count / mass[node]!;
      out[at++] = known.splits[node] === 0 ? 0 : codes.splits[node * labels + label]! / mass[node]!;
    }
    limits[row * (labels + 1) + labels] = Math.floor(mass[node]! / 2);
  }
}

function shareUnknown({ patterns, splits }: Known): number {
  let open = 0;
  for (const known of [patterns, splits]) for (const one of known) open += 1 - one;
  return open / (patterns.length + splits.length);
}

/** @returns the row of a pair of a group among all pairs */
function writePairs(
  task: Task,
  { pairs }: PairInputs,
  { item, nodes, patterns }: { readonly item: number; readonly nodes: number; readonly patterns: Patterns },
): PlaceOf {
  const { groups } = task.candidates;
  const placeOf = (group: number, pair: number): number => {
    const at = 2 * (group * PAIRS + pair);
    return (item * nodes + groups.pairs[at]!) * nodes + groups.pairs[at + 1]!;
  };
  for (let at = 0; at < groups.count * PAIRS; at++) {
    const [u, v] = [groups.pairs[2 * at]!, groups.pairs[2 * at + 1]!];
    if (u < 0) continue;
    const state = stateOfPair(task, Math.floor(at / PAIRS), at % PAIRS, patterns);
    pairs[(item * nodes + u) * nodes + v] = state;
    pairs[(item * nodes + v) * nodes + u] = state;
  }
  return placeOf;
}

/** Row of a pair of a group among those that are looked at. */
type PlaceOf = (group: number, pair: number) => number;

/** @param start row of the first group */
function writeGroups(
  { candidates: { groups, labelled } }: Task,
  { first, second, places, present, forms }: NodeAndGroupInputs,
  placeOf: PlaceOf,
  start: number,
): void {
  for (let group = 0; group < groups.count; group++) {
    forms[start + group] = formAt(groups.forms[group]!, labelled);
    for (let pair = 0; pair < PAIRS; pair++) {
      const own = 2 * (group * PAIRS + pair);
      const at = (start + group) * PAIRS + pair;
      if (groups.pairs[own]! < 0) continue;
      first[at] = groups.pairs[own]!;
      second[at] = groups.pairs[own + 1]!;
      places[at] = placeOf(group, pair);
      present[at] = 1;
    }
  }
}
