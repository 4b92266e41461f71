import { untilSignalsAreSeen } from "@nextscale/refinement-core";
import type { Chemistry } from "./chemistry.js";
import type { Outcome } from "./rdkit/question.js";

/** How what takes long is followed, and stopped. */
export interface WatchOptions {
  /** What is being done ends with the signal's reason when it aborts. */
  readonly signal?: AbortSignal;
  /** Called with what is being done and how much of it is, when it begins, which is 0, and as it goes on. */
  readonly onProgress?: (stage: string, done: number, total: number) => void;
}

/** Molecules of a question: some tenths of a second's work, after which a signal is looked at. */
const AT_ONCE = 1000;

/** Chemistry that asks about long lists in pieces: after each it says how far it is, and stops when the signal has aborted. */
export function watchedChemistry(chemistry: Chemistry, { signal, onProgress }: WatchOptions): Chemistry {
  const inPieces = async <From, T>(
    stage: string,
    items: readonly From[],
    ask: (some: readonly From[]) => Promise<Outcome<T>[]>,
  ): Promise<Outcome<T>[]> => {
    const outcomes: Outcome<T>[] = [];
    if (items.length > 0) onProgress?.(stage, 0, items.length);
    while (outcomes.length < items.length) {
      signal?.throwIfAborted();
      outcomes.push(...(await ask(items.slice(outcomes.length, outcomes.length + AT_ONCE))));
      onProgress?.(stage, outcomes.length, items.length);
    }
    return outcomes;
  };
  return {
    ...chemistry,
    parse: (smiles) => inPieces("atoms and bonds", smiles, chemistry.parse),
    parseMolblocks: (blocks) => inPieces("atoms and bonds", blocks, chemistry.parseMolblocks),
    canonicalSmiles: (graphs, atoms) =>
      inPieces("SMILES of graphs", graphs, (some) => chemistry.canonicalSmiles(some, atoms)),
    canonicalise: (smiles) => inPieces("canonical SMILES", smiles, chemistry.canonicalise),
    descriptors: (smiles) => inPieces("descriptors", smiles, chemistry.descriptors),
    fingerprints: (smiles, bits) =>
      inPieces(`fingerprints of ${bits} bits`, smiles, (some) => chemistry.fingerprints(some, bits)),
  };
}

/** Steps that hold the thread, one after the other: before each a signal is looked at. */
export async function inSteps<T extends readonly unknown[]>(
  stage: string,
  steps: { readonly [K in keyof T]: () => T[K] },
  { signal, onProgress }: WatchOptions,
): Promise<T> {
  const results: unknown[] = [];
  onProgress?.(stage, 0, steps.length);
  for (const step of steps) {
    await untilSignalsAreSeen();
    signal?.throwIfAborted();
    results.push(step());
    onProgress?.(stage, results.length, steps.length);
  }
  return results as unknown as T;
}
