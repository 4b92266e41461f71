/** What every command gets besides its own options. */
export interface Invocation {
  /** The arguments as typed, for receipts. */
  readonly args: readonly string[];
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}
