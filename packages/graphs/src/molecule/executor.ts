import type { Answers, Outcome, Question } from "./rdkit/question.js";

/** Where RDKit runs: in this thread, or in one of its own. */
export interface Executor {
  readonly version: string;
  /** The answer about each text, in order. Rejected once closed, or when RDKit does not start again. */
  run<Q extends Question>(question: Q, texts: readonly string[]): Promise<Outcome<Answers[Q["kind"]]>[]>;
  close(): Promise<void>;
}
