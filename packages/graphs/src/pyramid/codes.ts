import type { Candidates } from "./candidates.js";

/** What a level has beyond what the coarser one says of it: eq. 14. A graph is discrete, so this is its own code (eq. 15). */
export interface Codes {
  /** Pattern of each group of candidates. */
  readonly patterns: Int32Array;
  /** What becomes of each node at the next finer level, [n, labels]: see `Level`. */
  readonly splits: Int32Array;
}

/** 1 for a code that is known and 0 for one that is not, of each kind: [groups] and [n]. */
export type Known = { readonly [K in CodeKind]: Uint8Array };

/** A level while its codes are chosen one after the other: those that count are known. */
export interface PartlyChosen {
  readonly candidates: Candidates;
  readonly codes: Codes;
  readonly known: Known;
}

/** The arrays of codes that are chosen one by one: for a group, and for a node. */
export type CodeKind = keyof Codes;
