import { FORM, PAIRS } from "./candidates.js";

/**
 * What a group of pairs can be: which of its four pairs are edges, as digits of a number, the first pair's the lowest; and then, of a group of one
 * pair at a level whose edges have labels, each other label of it. A pair has 0 for no edge and 1 more than the label of an edge otherwise.
 */
export interface Patterns {
  /** Labels of a pair, no edge among them. */
  readonly labels: number;
  readonly count: number;
  /** Labels of the pairs of each pattern, [count, 4]. */
  readonly digits: Uint8Array;
  /**
   * Patterns that become one another when the sides of a group change places, or the two nodes on a side, share a class, [count]. A class
   * says how many edges of what kind meet, and not where.
   */
  readonly classes: Int32Array;
  readonly classCount: number;
  /**
   * What the two pairs of each of the four nodes of a group are, without their order, [count, 4]: of the two nodes on the one side, then of those
   * on the other. What a node has room for depends on both of its pairs.
   */
  readonly ends: Int32Array;
  readonly endCount: number;
}

/** The two pairs that each node of a group is in. */
export const PAIRS_OF_END = [
  [0, 1],
  [2, 3],
  [0, 2],
  [1, 3],
] as const;

/** Patterns of pairs that are edges or not. */
const PLAIN = 2 ** PAIRS;

/** The patterns of graphs with so many edge labels. */
export function patternsOf(edgeLabels: number): Patterns {
  const labels = edgeLabels + 1;
  const count = PLAIN + edgeLabels - 1;
  const digits = Uint8Array.from({ length: count * PAIRS }, (_, at) => {
    const [pattern, pair] = [Math.floor(at / PAIRS), at % PAIRS];
    if (pattern < PLAIN) return (pattern >> pair) & 1;
    return pair === 0 ? pattern - PLAIN + 2 : 0;
  });
  const classOfLeast = new Map<number, number>();
  const classes = Int32Array.from({ length: count }, (_, pattern) => {
    const turned = SYMMETRIES.map((symmetry) => permutedPattern(pattern, symmetry));
    const least = pattern < PLAIN ? Math.min(...turned) : pattern;
    if (!classOfLeast.has(least)) classOfLeast.set(least, classOfLeast.size);
    return classOfLeast.get(least)!;
  });
  const endOf = (pattern: number, end: number) => {
    const [a, b] = PAIRS_OF_END[end]!.map((pair) => digits[pattern * PAIRS + pair]!) as [number, number];
    const [less, more] = a < b ? [a, b] : [b, a];
    return (more * (more + 1)) / 2 + less;
  };
  const ends = Int32Array.from({ length: count * PAIRS_OF_END.length }, (_, at) => endOf(at >> 2, at & 3));
  const endCount = (labels * (labels + 1)) / 2;
  return { labels, count, digits, classes, classCount: classOfLeast.size, ends, endCount };
}

/** Where each of the pairs (0,0) (0,1) (1,0) (1,1) goes: sides swapped, nodes of either side swapped. */
const SYMMETRIES = [
  [0, 1, 2, 3],
  [2, 3, 0, 1],
  [1, 0, 3, 2],
  [3, 2, 1, 0],
  [0, 2, 1, 3],
  [1, 3, 0, 2],
  [2, 0, 3, 1],
  [3, 1, 2, 0],
] as const;

function permutedPattern(pattern: number, to: readonly number[]): number {
  return to.reduce((sum, place, at) => sum + (((pattern >> at) & 1) << place), 0);
}

/** The pattern of four pairs: where the first has a label above 1, the others have none. */
export function patternOf([first = 0, ...others]: readonly number[]): number {
  return first > 1 ? PLAIN + first - 2 : others.reduce((sum, label, at) => sum + label * 2 ** (1 + at), first);
}

/** Which of the four pairs a group of each form has. */
export const PAIRS_OF_FORM: readonly (readonly number[])[] = [[0], [0], [0, 1], [0, 2], [0, 1, 2, 3]];

/** Forms at levels without labels of edges, then with them. */
export const FORMS = 2 * PAIRS_OF_FORM.length;

/** The row of {@link allowedPatterns} for a form. */
export function formAt(form: number, labelled: boolean): number {
  return form + (labelled ? PAIRS_OF_FORM.length : 0);
}

/**
 * Which patterns a group of each form can have, 1 or 0, [FORMS, count]: none of its missing pairs is an edge; a block has an edge; edges have
 * labels only where they get those of the graph.
 */
export function allowedPatterns({ count, digits }: Patterns): Uint8Array {
  return Uint8Array.from({ length: FORMS * count }, (_, at) => {
    const [row, pattern] = [Math.floor(at / count), at % count];
    const form = row % PAIRS_OF_FORM.length;
    const labels = digits.subarray(pattern * PAIRS, (pattern + 1) * PAIRS);
    const fits = labels.every((label, pair) => label === 0 || PAIRS_OF_FORM[form]!.includes(pair));
    const filled = form === FORM.siblings || labels.some((label) => label > 0);
    const plain = row >= PAIRS_OF_FORM.length || labels.every((label) => label <= 1);
    return Number(fits && filled && plain);
  });
}
