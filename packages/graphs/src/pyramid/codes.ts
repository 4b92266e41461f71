/** What a level has beyond what the coarser one says of it: eq. 14. A graph is discrete, so this is its own code (eq. 15). */
export interface Codes {
  /** Pattern of each group of candidates. */
  readonly patterns: Int32Array;
  /** What becomes of each node at the next finer level, [n, labels]: see `Level`. */
  readonly splits: Int32Array;
}

/** The arrays of codes that are chosen one by one: for a group, and for a node. */
export type CodeKind = keyof Codes;
