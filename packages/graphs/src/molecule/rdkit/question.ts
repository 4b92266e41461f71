/*
 * What RDKit is asked about the text of one molecule, a SMILES or a molfile, and what it answers: plain data, since both cross to
 * another thread. Nothing of our other packages is imported here or in what this folder's files import: see the thread.
 */

/** What is asked of every text of a batch. */
export type Question =
  | { readonly kind: "parts" }
  | { readonly kind: "canonical" }
  | { readonly kind: "descriptors" }
  | { readonly kind: "fingerprint"; readonly bits: number }
  | { readonly kind: "drawing"; readonly width: number; readonly height: number }
  | { readonly kind: "molblock" }
  | { readonly kind: "fragments" };

/** Atoms and bonds in few arrays, which are quicker to send than many objects. */
export interface FlatParts {
  readonly elements: readonly string[];
  readonly charges: readonly number[];
  /** Three numbers a bond: two atoms and the order. */
  readonly bonds: readonly number[];
}

/** What each kind of question is answered with. */
export interface Answers {
  readonly parts: FlatParts;
  /** Canonical SMILES without stereo marks and isotopes. */
  readonly canonical: string;
  /** In the order of `DESCRIPTORS`. */
  readonly descriptors: readonly number[];
  /** The bits that are set, ascending. */
  readonly fingerprint: readonly number[];
  /** SVG. */
  readonly drawing: string;
  /** V2000, with coordinates in the plane. */
  readonly molblock: string;
  /** Canonical SMILES of each, as in `canonical`. */
  readonly fragments: readonly string[];
}

/** Why a molecule has no answer. */
export type InvalidReason =
  /** It has no atom. */
  | "empty"
  /** It is larger than `MOLECULE_LIMITS`. */
  | "too-large"
  /** RDKit does not read or sanitise it: syntax, valence, an aromatic ring without a Kekulé form. */
  | "refused"
  /** It has several fragments. */
  | "fragments"
  /** RDKit would move charges to make sense of it: it is valid as another molecule than it was. */
  | "changed"
  /** It has what molecules here do not: radicals, isotopes, other elements or charges, dative bonds. */
  | "unmodelled"
  /** RDKit stopped or was stopped at it. */
  | "failed";

/** What is known of one molecule, or why nothing is. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: InvalidReason; readonly detail: string };

/** The values of those outcomes that have one. */
export function valuesOf<T>(outcomes: readonly Outcome<T>[]): T[] {
  return outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
}

/** An outcome without a value. */
export function without(reason: InvalidReason, detail: string): Outcome<never> {
  return { ok: false, reason, detail };
}
