import type { InvalidReason, Outcome } from "@nextscale/graphs";

/** How many samples are molecules, and why the others are none. */
export interface Validity {
  readonly valid: number;
  readonly of: number;
  readonly invalid: Readonly<Partial<Record<InvalidReason, number>>>;
}

/** Why a graph is no molecule, in words that follow a number. */
const REASONS: Readonly<Record<InvalidReason, string>> = {
  empty: "without an atom",
  "too-large": "too large",
  refused: "refused by RDKit (valences, aromatic rings)",
  fragments: "in several fragments",
  changed: "molecules only with other charges",
  unmodelled: "with atoms or bonds that are not modelled here",
  failed: "at which RDKit stopped",
};

/** A count of outcomes that grows. */
export function validityCount() {
  const invalid: Partial<Record<InvalidReason, number>> = {};
  let [valid, of] = [0, 0];
  return {
    add(outcomes: readonly Outcome<unknown>[]) {
      of += outcomes.length;
      for (const outcome of outcomes) {
        if (outcome.ok) valid += 1;
        else invalid[outcome.reason] = (invalid[outcome.reason] ?? 0) + 1;
      }
    },
    result: (): Validity => ({ valid, of, invalid }),
  };
}

/** Counts by reason, most first: `120 refused by RDKit, 60 in several fragments`. */
export function reasonsText(counts: Validity["invalid"]): string {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${count} ${REASONS[reason as InvalidReason]}`)
    .join(", ");
}

/** `790 of 1000 are valid molecules; the others are: ...`. */
export function validityLine({ valid, of, invalid }: Validity): string {
  const rest = valid === of ? "" : `; the others: ${reasonsText(invalid)}`;
  return `${valid} of ${of} (${((100 * valid) / of).toFixed(1)} %) are valid molecules${rest}`;
}

/** For a receipt: `valid` and `invalid/refused` with their counts. */
export function recordedValidity({ valid, invalid }: Validity): Readonly<Record<string, number>> {
  const reasons = Object.entries(invalid).map(([reason, count]) => [`invalid/${reason}`, count] as const);
  return { valid, ...Object.fromEntries(reasons) };
}
