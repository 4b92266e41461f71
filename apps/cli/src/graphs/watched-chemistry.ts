import type { Chemistry, Outcome } from "@nextscale/graphs";
import { createProgress, type ProgressStream } from "@nextscale/refinement-core";

/** Texts of a question: some tenths of a second's work, after which Ctrl-C is seen. */
const AT_ONCE = 1000;

/** So many texts take long enough for a line. */
const LEAST_SHOWN = 5000;

/** Chemistry that shows how far it is with long lists of molecules, and stops when the signal aborts. */
export function watchedChemistry(
  chemistry: Chemistry,
  signal: AbortSignal,
  stream: ProgressStream = process.stderr,
): Chemistry {
  const inPieces = async <T>(
    label: string,
    texts: readonly string[],
    ask: (texts: readonly string[]) => Promise<Outcome<T>[]>,
  ): Promise<Outcome<T>[]> => {
    const total = texts.length;
    const isShown = total >= LEAST_SHOWN;
    const line = isShown ? createProgress(stream, { label, total, unit: "molecules", logMs: 120_000 }) : undefined;
    const outcomes: Outcome<T>[] = [];
    try {
      while (outcomes.length < total) {
        signal.throwIfAborted();
        outcomes.push(...(await ask(texts.slice(outcomes.length, outcomes.length + AT_ONCE))));
        line?.update(outcomes.length);
      }
      return outcomes;
    } finally {
      line?.close();
    }
  };
  return {
    ...chemistry,
    parse: (smiles) => inPieces("atoms and bonds", smiles, chemistry.parse),
    parseMolblocks: (blocks) => inPieces("atoms and bonds", blocks, chemistry.parseMolblocks),
    canonicalise: (smiles) => inPieces("canonical SMILES", smiles, chemistry.canonicalise),
    descriptors: (smiles) => inPieces("descriptors", smiles, chemistry.descriptors),
    fingerprints: (smiles, bits) =>
      inPieces(`fingerprints of ${bits} bits`, smiles, (some) => chemistry.fingerprints(some, bits)),
  };
}
