import type { GraphModelConfig } from "../config/config.js";
import { PAIRS, SLOT, type Candidates } from "../pyramid/candidates.js";
import type { CodeKind, Codes } from "../pyramid/codes.js";
import { FORMS, formAt, type Patterns } from "../pyramid/patterns.js";

/** What is known of a level when a refiner looks at it. */
export interface Task {
  readonly candidates: Candidates;
  /** Codes, of which those count that are known. */
  readonly codes: Codes;
  readonly known: Known;
  /** What the property of the graph is to be, in deviations from its mean, of a model that has one; nothing where that is open. */
  readonly property?: number | undefined;
}

/** 1 for a code that is known and 0 for one that is not, of each kind: [groups] and [n]. */
export type Known = { readonly [K in CodeKind]: Uint8Array };

/** Sizes that a batch is padded to. */
export interface Capacity {
  readonly items: number;
  readonly nodes: number;
  readonly groups: number;
}

/** What the refiner reads of a batch of levels, as arrays. */
export interface RefinerInputs {
  /** [items, nodes, features] */
  readonly nodes: Float32Array;
  /** 1 for a node and 0 for padding [items, nodes]. */
  readonly mask: Float32Array;
  /** State of each pair of nodes: see `pairStates` [items, nodes, nodes]. */
  readonly pairs: Int32Array;
  /** The one node of each pair of each group, and the other, [items, groups, 4]. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** Row of each pair among all items * nodes * nodes, [items, groups, 4]. */
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
type NodeSettings = Pick<GraphModelConfig, "nodeLabels" | "property">;

/** Numbers that describe a node. */
export function nodeFeatures({ nodeLabels, property }: NodeSettings): number {
  return FIXED_FEATURES + (property === undefined ? 0 : PROPERTY_FEATURES) + LABEL_FEATURES * nodeLabels;
}

/** States of a pair: no candidate, unknown siblings, unknown in a block, then siblings by label, then blocks by label. */
export function pairStates(edgeLabels: number): number {
  return 3 + 2 * (edgeLabels + 1);
}

/** Writes levels into the arrays of a batch. */
export function refinerInputs(
  tasks: readonly Task[],
  { items, nodes, groups }: Capacity,
  { patterns, config }: { readonly patterns: Patterns; readonly config: NodeSettings },
): RefinerInputs {
  const features = nodeFeatures(config);
  const inputs: RefinerInputs = {
    nodes: new Float32Array(items * nodes * features),
    mask: new Float32Array(items * nodes),
    pairs: new Int32Array(items * nodes * nodes),
    first: new Int32Array(items * groups * PAIRS),
    second: new Int32Array(items * groups * PAIRS),
    places: new Int32Array(items * groups * PAIRS),
    present: new Float32Array(items * groups * PAIRS),
    forms: new Int32Array(items * groups).fill(FORMS),
    limits: new Int32Array(items * nodes * (config.nodeLabels + 1)),
  };
  tasks.forEach((task, item) => {
    writeNodes(task, inputs, { item, nodes, features, config });
    writeGroups(task, inputs, { item, nodes, groups, patterns });
  });
  return inputs;
}

function writeNodes(
  { candidates, codes, known, property }: Task,
  { nodes: out, mask, limits }: RefinerInputs,
  to: { readonly item: number; readonly nodes: number; readonly features: number; readonly config: NodeSettings },
): void {
  const { mass, parents, slots, formulas, finest } = candidates;
  const { item, nodes, features, config } = to;
  const labels = config.nodeLabels;
  const asked = config.property === undefined ? [] : [Number(property !== undefined), property ?? 0];
  const total = mass.reduce((sum, m) => sum + m, 0);
  const parentMass = new Float64Array(mass.length);
  parents.forEach((parent, node) => (parentMass[parent]! += mass[node]!));
  const unknown = shareUnknown(known);
  for (let node = 0; node < mass.length; node++) {
    const row = item * nodes + node;
    mask[row] = 1;
    const values = [
      Number(finest),
      Number(slots[node] === SLOT.whole),
      Number(slots[node] === SLOT.heavier),
      Number(slots[node] === SLOT.lighter),
      Math.log2(mass[node]!) / 4,
      Math.log2(parentMass[parents[node]!]!) / 4,
      Math.log2(total) / 4,
      Math.log2(mass.length) / 4,
      unknown,
      known.splits[node]!,
      ...asked,
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

function writeGroups(
  { candidates, codes, known }: Task,
  { pairs, first, second, places, present, forms }: RefinerInputs,
  to: { readonly item: number; readonly nodes: number; readonly groups: number; readonly patterns: Patterns },
): void {
  const { groups, finest } = candidates;
  const { item, nodes, patterns } = to;
  for (let group = 0; group < groups.count; group++) {
    const row = item * to.groups + group;
    forms[row] = formAt(groups.forms[group]!, finest);
    const block = groups.forms[group] === 0 ? 0 : 1;
    for (let pair = 0; pair < PAIRS; pair++) {
      const [u, v] = [groups.pairs[2 * (group * PAIRS + pair)]!, groups.pairs[2 * (group * PAIRS + pair) + 1]!];
      const at = row * PAIRS + pair;
      if (u < 0) continue;
      first[at] = u;
      second[at] = v;
      places[at] = (item * nodes + u) * nodes + v;
      present[at] = 1;
      const label = patterns.digits[codes.patterns[group]! * PAIRS + pair]!;
      const state = known.patterns[group] === 0 ? 1 + block : 3 + block * patterns.labels + label;
      pairs[places[at]] = state;
      pairs[(item * nodes + v) * nodes + u] = state;
    }
  }
}
