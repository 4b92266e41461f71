import { integerSource, type IntegerSource, type RandomStream } from "@nextscale/refinement-core";
import { edgeLabel, neighboursOf, type Graph } from "../graph/graph.js";
import { PAIRS, type Candidates } from "../pyramid/candidates.js";
import { formulaAt } from "../pyramid/formula.js";
import type { Patterns } from "../pyramid/patterns.js";
import type { ReservedBonds } from "../codes/bonds-left.js";
import type { Constraint, PatternTest } from "./constraint.js";

/** Keeps a scaffold in one sample. */
export interface ScaffoldKeeper {
  readonly constraint: Constraint;
  /** What the bonds of the scaffold take of what the nodes of a level have room for. */
  readonly reserved: (candidates: Candidates) => ReservedBonds;
  /** Node of the finest level that each node of the scaffold has become, [scaffold nodes]. @param levels all that were met, in order */
  places(levels: readonly Candidates[]): Int32Array;
}

/** What keeping a scaffold needs to know. */
export interface ScaffoldOptions {
  readonly patterns: Patterns;
  readonly stream: RandomStream;
  readonly item: number;
}

/** Scaffold nodes inside each node of a level. */
type Contents = readonly (readonly number[])[];

/**
 * The scaffold is an induced subgraph of the sample: its nodes, labels and edges, and no other edges between them. Its nodes go down the
 * levels with the clusters that they are in; where a cluster splits they are divided at random, as many of each label as there is room for, so
 * that neighbours stay together as far as they can. An edge of the scaffold between two clusters makes them neighbours; clusters of nothing but scaffold are neighbours for no
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
    constraint:
      ({ candidates }, order) =>
      (place) =>
        patternAllowed(order[place]!, candidates, scaffold, contentsAt(candidates), options),
    reserved: (candidates) => reservedBonds(scaffold, contentsAt(candidates), candidates),
    places: (levels) => {
      const seen = current === undefined ? -1 : levels.indexOf(current);
      for (const candidates of levels.slice(seen + 1)) contentsAt(candidates);
      const places = new Int32Array(scaffold.nodeCount);
      contents.forEach((nodes, at) => nodes.forEach((node) => (places[node] = at)));
      return places;
    },
  };
}

function reservedBonds(scaffold: Graph, inside: Contents, { labelled }: Candidates): ReservedBonds {
  const orders = (nodes: readonly number[], others?: readonly number[]) =>
    nodes.flatMap((a) =>
      Array.from(neighboursOf(scaffold, a))
        .filter((b) => others?.includes(b) ?? true)
        .map((b) => edgeLabel(scaffold, a, b)! + 1),
    );
  return {
    taken: Int32Array.from(inside, (nodes) => orders(nodes).reduce((sum, order) => sum + order, 0)),
    between(u, v) {
      const own = orders(inside[u]!, inside[v]);
      return own.length === 0 ? 0 : labelled ? own[0]! : 1;
    },
  };
}

function divided(
  scaffold: Graph,
  coarse: Contents,
  { parents, mass, formulas }: Candidates,
  draw: IntegerSource,
): Contents {
  const labels = formulas.length / mass.length;
  const children = coarse.map((): number[] => []);
  parents.forEach((parent, node) => children[parent]!.push(node));
  const fine = Array.from(mass, (): readonly number[] => []);
  children.forEach((siblings, parent) => {
    let left = coarse[parent]!;
    siblings.forEach((node, i) => {
      const own = formulaAt(formulas, node, labels);
      const others = siblings.slice(i + 1);
      const quota = Array.from(own, (most, label) => {
        const present = left.filter((one) => scaffold.nodeLabels[one] === label).length;
        const room = others.reduce((sum, other) => sum + formulas[other * labels + label]!, 0);
        const least = Math.max(0, present - room);
        return least + draw(Math.min(most, present) - least + 1);
      });
      const part = grown(scaffold, left, quota, draw);
      fine[node] = part;
      left = left.filter((one) => !part.includes(one));
    });
  });
  return fine;
}

/** So many scaffold nodes of each label, one next to the other as far as possible, from a random one on. */
function grown(scaffold: Graph, nodes: readonly number[], quota: number[], draw: IntegerSource): number[] {
  const { nodeLabels } = scaffold;
  const part: number[] = [];
  for (;;) {
    const open = nodes.filter((node) => !part.includes(node) && quota[nodeLabels[node]!]! > 0);
    if (open.length === 0) return part;
    const near = open.filter((node) => neighboursOf(scaffold, node).some((other) => part.includes(other)));
    const among = near.length > 0 ? near : open;
    const next = among[draw(among.length)]!;
    quota[nodeLabels[next]!]! -= 1;
    part.push(next);
  }
}

function patternAllowed(
  group: number,
  { groups, mass, labelled }: Candidates,
  scaffold: Graph,
  inside: Contents,
  { patterns: { digits } }: ScaffoldOptions,
): PatternTest | undefined {
  const tests = Array.from({ length: PAIRS }, (_, pair): ((label: number) => boolean) | undefined => {
    const at = 2 * (group * PAIRS + pair);
    const [u, v] = [groups.pairs[at]!, groups.pairs[at + 1]!];
    if (u < 0) return undefined;
    const labels = inside[u]!.flatMap((a) => inside[v]!.flatMap((b) => edgeLabel(scaffold, a, b) ?? []));
    if (labels.length > 0) return (label) => (labelled ? label === labels[0]! + 1 : label > 0);
    const full = [u, v].every((node) => inside[node]!.length === mass[node]);
    return full ? (label) => label === 0 : undefined;
  });
  if (tests.every((test) => test === undefined)) return undefined;
  return (code: number) => tests.every((test, pair) => test?.(digits[code * PAIRS + pair]!) ?? true);
}
