/*
 * Which atoms a molecule may have, and how many bonds each takes. Nothing is imported: a thread loads this file too.
 */

/** Elements that molecules are modelled with, and their atomic numbers: those of organic chemistry, hydrogen implicit. */
export const ELEMENTS = {
  B: 5,
  C: 6,
  N: 7,
  O: 8,
  F: 9,
  Si: 14,
  P: 15,
  S: 16,
  Cl: 17,
  As: 33,
  Se: 34,
  Br: 35,
  I: 53,
} as const;

/** An element's symbol. */
export type ElementSymbol = keyof typeof ELEMENTS;

/** Formal charges that atoms are modelled with. */
export const CHARGES = [-1, 0, 1] as const;

/** What an atom is: its element and its formal charge. */
export interface AtomType {
  readonly element: ElementSymbol;
  /** -1, 0 or 1. */
  readonly charge: number;
}

/**
 * Sums of bond orders, hydrogens included, that an atom may have, ascending, for charges -1, 0 and 1. An atom is filled up with
 * hydrogens to the least of them that its bonds allow. Read off RDKit 2026.09.1 by giving each atom 0 to 8 neighbours; a test
 * does so again.
 */
const VALENCES: Readonly<Record<ElementSymbol, readonly (readonly number[])[]>> = {
  B: [[4], [3], [2]],
  C: [[3], [4], [3]],
  N: [[2], [3], [4]],
  O: [[1], [2], [3]],
  F: [[0], [1], [2]],
  Si: [[3, 5], [4], [3]],
  P: [[2, 4, 6], [3, 5], [4]],
  S: [
    [1, 3, 5],
    [2, 4, 6],
    [3, 5],
  ],
  Cl: [[0], [1], [2, 4, 6]],
  As: [[2, 4, 6], [3, 5], [4]],
  Se: [
    [1, 3, 5],
    [2, 4, 6],
    [3, 5],
  ],
  Br: [[0], [1], [2, 4, 6]],
  I: [
    [0, 2, 4, 6],
    [1, 3, 5],
    [2, 4, 6],
  ],
};

/** The sums of bond orders, hydrogens included, that an atom may have, ascending; none for a charge outside {@link CHARGES}. */
export function valencesOf({ element, charge }: AtomType): readonly number[] {
  return VALENCES[element][charge + 1] ?? [];
}

/** The largest sum of the orders of its bonds to other heavy atoms that an atom takes: 4 of C, 3 of N, 4 of N+, 6 of S. */
export function largestValence(type: AtomType): number {
  return valencesOf(type).at(-1) ?? 0;
}

/**
 * How many hydrogens an atom carries beside bonds of a given sum of orders; undefined where the bonds are too many.
 *
 * @param bondOrders sum of the orders of its bonds to other heavy atoms
 */
export function implicitHydrogens(type: AtomType, bondOrders: number): number | undefined {
  const valence = valencesOf(type).find((allowed) => allowed >= bondOrders);
  return valence === undefined ? undefined : valence - bondOrders;
}

const BY_NUMBER = new Map(Object.entries(ELEMENTS).map(([symbol, number]) => [number, symbol as ElementSymbol]));

/** The element of an atomic number; undefined for one that is not modelled. */
export function elementOf(atomicNumber: number): ElementSymbol | undefined {
  return BY_NUMBER.get(atomicNumber as (typeof ELEMENTS)[ElementSymbol]);
}
