import { writeSync } from "node:fs";

/** Prints a value as one line of JSON. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Prints lines for a person. */
export function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** A text table: columns as wide as their widest cell, numbers to the right. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => (row[i] ?? "").length)));
  const isNumber = (cell: string) => /^[-+]?[\d.,]+\s*(%|ms|s|x|GFLOP\/s)?$/.test(cell);
  const pad = (cell: string, width: number) => (isNumber(cell) ? cell.padStart(width) : cell.padEnd(width));
  return rows
    .map((row) =>
      row
        .map((cell, i) => pad(cell, widths[i]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/**
 * A reader that has seen enough, such as `head`, closes the pipe: that ends the program and is no error. Anything else, such
 * as a full disk, is one.
 */
export function endOnClosedOutput(): void {
  for (const [name, stream] of [
    ["standard output", process.stdout],
    ["standard error", process.stderr],
  ] as const) {
    stream.on("error", ({ code, message }: NodeJS.ErrnoException) => {
      if (code === "EPIPE") process.exit();
      // Written past the stream, which may be the one that failed.
      try {
        writeSync(2, `nextscale: output: expected to write to ${name}, got ${code ?? message}\n`);
      } catch {
        // Nobody is left to be told.
      }
      process.exit(1);
    });
  }
}

/** A time for a person: `850 ms`, `2.4 s`, `310 s`. */
export function formatSeconds(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(milliseconds < 100_000 ? 1 : 0)} s`;
}

/** An argument as it can be pasted into a shell. */
export function quoteForShell(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
