import { NextscaleError } from "@nextscale/engine";
import { edgesOf } from "../graph/graph.js";
import { compareFormulas, formulaAt, massOf, type Formula } from "./formula.js";
import type { Level } from "./level.js";

/** Which child of its parent a node is. */
export const SLOT = { whole: 0, heavier: 1, lighter: 2 } as const;

/** Pairs of nodes in a group: two nodes on either side. */
export const PAIRS = 4;

/** Forms of a group: siblings, or blocks by how many nodes they have on either side. */
export const FORM = { siblings: 0, oneByOne: 1, oneByTwo: 2, twoByOne: 3, twoByTwo: 4 } as const;

/**
 * What a coarse level says of the next finer one: its nodes, and the pairs of nodes that may be edges. It is the blurred graph, in which
 * every child of a node is joined to its siblings and to every child of each neighbour.
 */
export interface Candidates {
  /** Each node's parent in the coarse level, which has no more nodes, [n]. */
  readonly parents: Int32Array;
  /** One of {@link SLOT}, [n]. Of many siblings all are `whole`. */
  readonly slots: Uint8Array;
  readonly mass: Int32Array;
  /** What each node is made of, [n, labels]. */
  readonly formulas: Int32Array;
  /** Whether edges get the labels of the graph: all its nodes were there before, or come at once. */
  readonly labelled: boolean;
  readonly groups: Groups;
}

/** Pairs that are decided together: two siblings, or the block of all pairs between the children of two joined nodes. */
export interface Groups {
  readonly count: number;
  /** Nodes of each pair, [count, 4, 2]; -1 where a group has fewer. Pair 2 i + j joins child i of one node with child j of the other. */
  readonly pairs: Int32Array;
  /** One of {@link FORM}, [count]. */
  readonly forms: Uint8Array;
  /** The coarse nodes that a group lies between, the same one twice for siblings, [count, 2]. */
  readonly between: Int32Array;
}

/**
 * U of eq. 14: the nodes that a level splits into, and all edges that they could have. A block of two joined nodes is never empty: they are
 * joined because some of their nodes are.
 *
 * @throws NextscaleError `invalid-data` for a node that falls apart and has neighbours, or splits that exceed masses
 */
export function expand(coarse: Level): Candidates {
  const children = childrenOf(coarse);
  const nodes = children.flat();
  const first = new Int32Array(children.length + 1);
  children.forEach((siblings, node) => (first[node + 1] = first[node]! + siblings.length));
  const parents = Int32Array.from(children.flatMap((siblings, node) => siblings.map(() => node)));
  const mass = Int32Array.from(nodes, ({ formula }) => massOf(formula));
  return {
    parents,
    slots: Uint8Array.from(nodes, ({ slot }) => slot),
    mass,
    formulas: Int32Array.from(nodes.flatMap(({ formula }) => [...formula])),
    labelled: nodes.every(({ slot }, node) => slot === SLOT.whole && mass[node] === 1),
    groups: groupsOf(coarse, first),
  };
}

interface Child {
  readonly formula: Formula;
  readonly slot: number;
}

function childrenOf({ mass, formulas, splits }: Level): Child[][] {
  const labels = formulas.length / mass.length;
  return Array.from(mass, (_, node) => {
    const [formula, lighter] = [formulaAt(formulas, node, labels), formulaAt(splits, node, labels)];
    const [whole, less] = [massOf(formula), massOf(lighter)];
    if (less === 0) return [{ formula, slot: SLOT.whole }];
    if (less === whole && whole > 1) return singles(formula);
    const heavier = formula.map((count, label) => count - lighter[label]!);
    if (
      compareFormulas(heavier, lighter) > 0 ||
      heavier.some((count) => count < 0) ||
      lighter.some((count) => count < 0)
    )
      throw invalid(`a split of ${formula.join("+")} nodes`, lighter.join("+"));
    return [
      { formula: heavier, slot: SLOT.heavier },
      { formula: lighter, slot: SLOT.lighter },
    ];
  });
}

/** A node of its own for each of a formula, label by label: the order of siblings. */
function singles(formula: Formula): Child[] {
  return Array.from(formula, (count, label) =>
    Array.from({ length: count }, () => ({ formula: formula.map((__, l) => Number(l === label)), slot: SLOT.whole })),
  ).flat();
}

/** @param first where the children of each coarse node begin */
function groupsOf({ graph }: Level, first: Int32Array): Groups {
  const pairs: number[] = [];
  const forms: number[] = [];
  const between: number[] = [];
  const add = (
    form: number,
    [p, q]: readonly [number, number],
    nodes: readonly (readonly [number, number] | undefined)[],
  ) => {
    for (let at = 0; at < PAIRS; at++) pairs.push(...(nodes[at] ?? [-1, -1]));
    forms.push(form);
    between.push(p, q);
  };
  for (let node = 0; node < graph.nodeCount; node++) {
    for (let u = first[node]!; u < first[node + 1]!; u++) {
      for (let v = u + 1; v < first[node + 1]!; v++) add(FORM.siblings, [node, node], [[u, v]]);
    }
  }
  for (const [p, q] of edgesOf(graph)) {
    const [ofP, ofQ] = [childrenIn(first, p), childrenIn(first, q)];
    if (ofP.length > 2 || ofQ.length > 2) throw invalid("nodes that fall apart to have no neighbours", `${p}-${q}`);
    const form = FORM.oneByOne + 2 * (ofP.length - 1) + (ofQ.length - 1);
    add(
      form,
      [p, q],
      [0, 1, 2, 3].map((at) => pairOf(ofP[at >> 1], ofQ[at & 1])),
    );
  }
  return {
    count: forms.length,
    pairs: Int32Array.from(pairs),
    forms: Uint8Array.from(forms),
    between: Int32Array.from(between),
  };
}

function childrenIn(first: Int32Array, node: number): number[] {
  return Array.from({ length: first[node + 1]! - first[node]! }, (_, i) => first[node]! + i);
}

function pairOf(u: number | undefined, v: number | undefined): readonly [number, number] | undefined {
  return u === undefined || v === undefined ? undefined : [u, v];
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-data", where: "graphs/pyramid", expected, got });
}
