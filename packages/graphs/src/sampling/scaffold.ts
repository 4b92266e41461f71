import { integerSource, type HostTensor, type IntegerSource, type RandomStream } from "@nextscale/refinement-core";
import { edgeLabel, neighboursOf, type Graph } from "../graph/graph.js";
import { PAIRS, type Candidates } from "../pyramid/candidates.js";
import type { Patterns } from "../pyramid/patterns.js";
import type { Site } from "../codes/sites.js";
import type { Constraint, PartlyChosen } from "./constraint.js";

/** Keeps a scaffold in one sample. */
export interface ScaffoldKeeper {
  readonly constraint: Constraint;
  /** Node of the finest level that each node of the scaffold has become, [scaffold nodes]. @param levels all that were met, in order */
  places(levels: readonly Candidates[]): Int32Array;
}

/** What keeping a scaffold needs to know. */
export interface ScaffoldOptions {
  readonly patterns: Patterns;
  /** Compositions against the parent's that codes stand for, [codes, labels]. */
  readonly codebook: HostTensor;
  readonly stream: RandomStream;
  readonly item: number;
}

/** Scaffold nodes inside each node of a level. */
type Contents = readonly (readonly number[])[];

/** By how much codes may be worse than the best in what they leave for the scaffold's labels, in nodes. */
const SLACK = 0.5;

/**
 * The scaffold is an induced subgraph of the sample: its nodes, labels and edges, and no other edges between them. Its nodes go down the
 * levels with the clusters that they are in; where a cluster splits they are divided at random, so that neighbours stay together as far as
 * there is room. An edge of the scaffold between two clusters makes them neighbours; clusters of nothing but scaffold are neighbours for no
 * other reason. So every level leaves room for the rest, and there is always a code left.
 */
export function keepingScaffold(scaffold: Graph, options: ScaffoldOptions): ScaffoldKeeper {
  let contents: Contents = [[...scaffold.nodeLabels.keys()]];
  let current: Candidates | undefined;
  let scale = 0;
  const contentsAt = (candidates: Candidates): Contents => {
    if (candidates !== current) {
      const draw = integerSource(options.stream, { item: options.item, scale });
      contents = divided(scaffold, contents, candidates, draw);
      current = candidates;
      scale += 1;
    }
    return contents;
  };
  return {
    constraint: (site, level) => {
      const inside = contentsAt(level.candidates);
      if (site.of === "splits") return undefined;
      return site.of === "kinds"
        ? kindAllowed(site, level, scaffold, inside, options)
        : patternAllowed(site, level, scaffold, inside, options);
    },
    places: (levels) => {
      for (const candidates of levels.slice(scale)) contentsAt(candidates);
      const places = new Int32Array(scaffold.nodeCount);
      contents.forEach((nodes, at) => nodes.forEach((node) => (places[node] = at)));
      return places;
    },
  };
}

function divided(scaffold: Graph, coarse: Contents, { parents, mass }: Candidates, draw: IntegerSource): Contents {
  const children = coarse.map((): number[] => []);
  parents.forEach((parent, node) => children[parent]!.push(node));
  const fine = Array.from(mass, (): readonly number[] => []);
  children.forEach((siblings, parent) => {
    let left = coarse[parent]!;
    siblings.forEach((node, i) => {
      const room = siblings.slice(i + 1).reduce((sum, other) => sum + mass[other]!, 0);
      const [least, most] = [Math.max(0, left.length - room), Math.min(mass[node]!, left.length)];
      const part = grown(scaffold, left, least + draw(most - least + 1), draw);
      fine[node] = part;
      left = left.filter((one) => !part.includes(one));
    });
    inOrder(scaffold, siblings, mass, fine);
  });
  return fine;
}

/** So many of some scaffold nodes, one next to the other as far as possible, from a random one on. */
function grown(scaffold: Graph, nodes: readonly number[], size: number, draw: IntegerSource): number[] {
  const part: number[] = [];
  while (part.length < size) {
    const open = nodes.filter((node) => !part.includes(node));
    const near = open.filter((node) => neighboursOf(scaffold, node).some((other) => part.includes(other)));
    const among = near.length > 0 ? near : open;
    part.push(among[draw(among.length)]!);
  }
  return part;
}

/** Of two siblings of one mass the first is the one that siblings are ordered by: see `hierarchyOf`. */
function inOrder(
  { nodeLabels }: Graph,
  siblings: readonly number[],
  mass: Int32Array,
  fine: (readonly number[])[],
): void {
  const [a, b, ...more] = siblings;
  if (a === undefined || b === undefined || more.length > 0 || mass[a] !== mass[b]) return;
  const counts = [a, b].map((node) => countsOf(nodeLabels, fine[node]!));
  const first = [...Array(256).keys()].find((label) => counts[0]!.get(label) !== counts[1]!.get(label));
  if (first === undefined) return;
  const [ofA, ofB] = counts.map((of) => of.get(first) ?? 0) as [number, number];
  if (ofB > ofA) [fine[a], fine[b]] = [fine[b]!, fine[a]!];
}

function countsOf(labels: Uint8Array, nodes: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const node of nodes) counts.set(labels[node]!, (counts.get(labels[node]!) ?? 0) + 1);
  return counts;
}

function kindAllowed(
  { at: node }: Site,
  { candidates }: PartlyChosen,
  { nodeLabels }: Graph,
  inside: Contents,
  { codebook }: ScaffoldOptions,
) {
  const own = inside[node]!;
  if (own.length === 0) return undefined;
  if (candidates.finest) return (label: number) => label === nodeLabels[own[0]!];
  const [codes = 0, labels = 1] = codebook.shape;
  const counts = countsOf(nodeLabels, own);
  const mass = candidates.mass[node]!;
  const missing = Array.from({ length: codes }, (_, code) => {
    return [...counts].reduce((sum, [label, count]) => {
      const share = candidates.composition[node * labels + label]! + codebook.data[code * labels + label]!;
      return sum + Math.max(0, count - share * mass);
    }, 0);
  });
  const least = Math.min(...missing);
  return (code: number) => missing[code]! <= least + SLACK;
}

function patternAllowed(
  { at: group }: Site,
  { candidates }: PartlyChosen,
  scaffold: Graph,
  inside: Contents,
  { patterns: { digits } }: ScaffoldOptions,
) {
  const { groups, mass, finest } = candidates;
  const tests = Array.from({ length: PAIRS }, (_, pair): ((label: number) => boolean) | undefined => {
    const at = 2 * (group * PAIRS + pair);
    const [u, v] = [groups.pairs[at]!, groups.pairs[at + 1]!];
    if (u < 0) return undefined;
    const labels = inside[u]!.flatMap((a) => inside[v]!.flatMap((b) => edgeLabel(scaffold, a, b) ?? []));
    if (labels.length > 0) return (label) => (finest ? label === labels[0]! + 1 : label > 0);
    const full = [u, v].every((node) => inside[node]!.length === mass[node]);
    return full ? (label) => label === 0 : undefined;
  });
  if (tests.every((test) => test === undefined)) return undefined;
  return (code: number) => tests.every((test, pair) => test?.(digits[code * PAIRS + pair]!) ?? true);
}
