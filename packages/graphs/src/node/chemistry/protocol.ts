import type { Outcome, Question } from "../../molecule/rdkit/question.js";

/** What the thread is started with. */
export interface ThreadSetup {
  /** One number in shared memory: how many texts of the running request have been begun. */
  readonly begun: Int32Array;
}

/** What the thread is asked. */
export interface ChemistryRequest {
  readonly question: Question;
  readonly texts: readonly string[];
}

/** The thread's first message, of RDKit's version or why it does not load, and then one for each request. */
export type ChemistryAnswer =
  { readonly version: string } | { readonly unavailable: string } | { readonly outcomes: readonly Outcome<unknown>[] };
