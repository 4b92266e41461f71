/** The codes of a level: everything that a refiner predicts of it. */
export interface Codes {
  /** Code of each node's composition, or at the finest level its label, [n]. */
  readonly kinds: Int32Array;
  /** Pattern of each group of candidates. */
  readonly patterns: Int32Array;
  /** As in `Level`, [n]. */
  readonly splits: Int32Array;
  /** Whether `kinds` are labels. */
  readonly finest: boolean;
}

/** The arrays of codes that are chosen one by one. */
export type CodeKind = "kinds" | "patterns" | "splits";
