import { formatDuration } from "./duration.js";

/** Where progress is written: `process.stderr` fits. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  /** Width of a terminal in characters. */
  readonly columns?: number;
  /** Writes text as it is. */
  write(text: string): unknown;
}

/** A progress line. */
export interface Progress {
  /**
   * Shows that `done` of the total are done.
   *
   * @param values shown by name beside it, such as the losses
   */
  update(done: number, values?: Readonly<Record<string, number>>): void;
  /** Ends the line; on a terminal it stays as last shown. Idempotent. */
  close(): void;
}

/** Settings of a progress line. */
export interface ProgressOptions {
  /** What is being done: `training`. */
  readonly label: string;
  readonly total: number;
  /** Already done when this run began: it counts for the percentage, not for the rate. 0 unless told. */
  readonly start?: number;
  /** What is counted, for the rate: `steps`, `images`. */
  readonly unit: string;
  /** Off a terminal, writes a line whenever so many more per cent are done. Nothing is written there without it or `logMs`. */
  readonly log?: number;
  /** Off a terminal, writes a line when the last one, or the start, was so many milliseconds ago. */
  readonly logMs?: number;
  /** Milliseconds from any origin; `performance.now` unless told. */
  readonly now?: () => number;
}

/** A terminal is redrawn at most so often: more cannot be read, and drawing costs time. */
const REDRAW_MS = 100;

/**
 * Prints progress: `training  42 %  4,200/10,000  loss 0.0123  38.1 steps/s  2 min 32 s left`.
 *
 * On a terminal one line is rewritten in place. Elsewhere it is silent, or writes one line every `log` per cent or `logMs`.
 */
export function createProgress(stream: ProgressStream, options: ProgressOptions): Progress {
  const { label, total, start = 0, unit, log, logMs, now = () => performance.now() } = options;
  const began = now();
  let drawn = -Infinity;
  const logStep = (done: number): number => (log === undefined ? 0 : Math.floor(percentOf(done, total) / log));
  let logged = logStep(start);
  let loggedAt = began;
  let open = false;

  const lineAt = (done: number, values: Readonly<Record<string, number>>): string => {
    const elapsed = now() - began;
    const rate = done > start && elapsed > 0 ? (done - start) / elapsed : undefined;
    const parts = [
      label,
      `${Math.floor(percentOf(done, total))} %`,
      `${group(done)}/${group(total)}`,
      ...Object.entries(values).map(([name, value]) => `${name} ${formatValue(value)}`),
    ];
    if (rate !== undefined) parts.push(`${formatValue(rate * 1000)} ${unit}/s`);
    if (done >= total) parts.push(`${formatDuration(elapsed)} in all`);
    else if (rate !== undefined) parts.push(`${formatDuration((total - done) / rate)} left`);
    return parts.join("  ");
  };

  return {
    update(done, values = {}) {
      if (stream.isTTY) {
        if (done < total && now() - drawn < REDRAW_MS) return;
        drawn = now();
        open = true;
        // Back to the start of the line, write, erase what a longer line before left behind.
        stream.write(`\r${lineAt(done, values).slice(0, (stream.columns ?? 80) - 1)}\u001b[K`);
      } else if (logStep(done) > logged || (logMs !== undefined && now() - loggedAt >= logMs)) {
        logged = logStep(done);
        loggedAt = now();
        stream.write(`${lineAt(done, values)}\n`);
      }
    },
    close() {
      if (open) stream.write("\n");
      open = false;
    },
  };
}

function percentOf(done: number, total: number): number {
  return total > 0 ? (100 * done) / total : 100;
}

/** Four significant digits, and no exponent where a person expects none. */
function formatValue(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e3 && size < 1e9) return group(Math.round(value));
  return value === 0 || (size >= 1e-3 && size < 1e3) ? Number(value.toPrecision(4)).toString() : value.toExponential(2);
}

/** Digits in groups of three, the same in every locale. */
function group(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
