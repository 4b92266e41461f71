import type { Codes } from "../codes/codes.js";
import type { GraphModelConfig } from "../config/config.js";
import { splitClasses } from "../codes/split-classes.js";
import { PAIRS, SLOT, type Candidates } from "../pyramid/candidates.js";
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

/** 1 for a code that is known and 0 for one that is not, of each kind. */
export interface Known {
  readonly kinds: Uint8Array;
  readonly patterns: Uint8Array;
  readonly splits: Uint8Array;
}

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
  /** Number of splits that each node has to choose from [items, nodes]. */
  readonly splitLimits: Int32Array;
}

/** Features of a node besides compositions. */
const FIXED_FEATURES = 12;
/** Whether a property is asked for, and how much of it. */
const PROPERTY_FEATURES = 2;

/** Numbers that describe a node. */
export function nodeFeatures({ nodeLabels, property }: Pick<GraphModelConfig, "nodeLabels" | "property">): number {
  return FIXED_FEATURES + (property === undefined ? 0 : PROPERTY_FEATURES) + 2 * nodeLabels;
}

/** States of a pair: no candidate, unknown siblings, unknown in a block, then siblings by label, then blocks by label. */
export function pairStates(edgeLabels: number): number {
  return 3 + 2 * (edgeLabels + 1);
}

/** Writes levels into the arrays of a batch. */
export function refinerInputs(
  tasks: readonly Task[],
  { items, nodes, groups }: Capacity,
  {
    patterns,
    codebook,
    config,
  }: {
    readonly patterns: Patterns;
    readonly codebook: Float32Array;
    readonly config: Pick<GraphModelConfig, "nodeLabels" | "property">;
  },
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
    splitLimits: new Int32Array(items * nodes).fill(1),
  };
  tasks.forEach((task, item) => {
    writeNodes(task, inputs, { item, nodes, features, codebook, config });
    writeGroups(task, inputs, { item, nodes, groups, patterns });
  });
  return inputs;
}

function writeNodes(
  { candidates, codes, known, property }: Task,
  { nodes: out, mask, splitLimits }: RefinerInputs,
  to: {
    readonly item: number;
    readonly nodes: number;
    readonly features: number;
    readonly codebook: Float32Array;
    readonly config: Pick<GraphModelConfig, "nodeLabels" | "property">;
  },
): void {
  const { mass, parents, slots, composition, finest } = candidates;
  const { item, nodes, features, codebook, config } = to;
  const labels = config.nodeLabels;
  const asked = config.property === undefined ? [] : [Number(property !== undefined), property ?? 0];
  const total = mass.reduce((sum, m) => sum + m, 0);
  const parentMass = new Float64Array(mass.length);
  parents.forEach((parent, node) => (parentMass[parent]! += mass[node]!));
  const unknown = shareUnknown(known);
  for (let node = 0; node < mass.length; node++) {
    const row = item * nodes + node;
    mask[row] = 1;
    splitLimits[row] = finest ? 1 : splitClasses(mass[node]!);
    const split = known.splits[node] === 1 ? codes.splits[node]! / mass[node]! : 0;
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
      known.kinds[node]!,
      known.splits[node]!,
      split,
      ...asked,
    ];
    let at = row * features;
    for (const value of values) out[at++] = value;
    for (let label = 0; label < labels; label++) {
      const inherited = composition[node * labels + label]!;
      out[at + label] = inherited;
      out[at + labels + label] = known.kinds[node] === 0 ? 0 : finest ? Number(codes.kinds[node] === label) : inherited + codebook[codes.kinds[node]! * labels + label]!; // prettier-ignore
    }
  }
}

function shareUnknown({ kinds, patterns }: Known): number {
  const count = kinds.length + patterns.length;
  const open = [...kinds, ...patterns].reduce((sum, k) => sum + 1 - k, 0);
  return open / Math.max(1, count);
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
