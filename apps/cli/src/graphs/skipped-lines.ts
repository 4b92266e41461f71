/** A line of a file that was left out. */
export interface Skipped {
  readonly line: number;
  readonly reason: string;
}

/** So many are printed. */
const MOST = 10;

/** What was left out, by line. */
export function skippedLines(path: string, skipped: readonly Skipped[], count: number): string[] {
  if (count === 0) return [];
  const shown = skipped.slice(0, MOST);
  return [
    `${count} ${count === 1 ? "line" : "lines"} of ${path} left out:`,
    // Some reasons name the line themselves.
    ...shown.map(({ line, reason }) => `  line ${line}: ${reason.replace(new RegExp(` in line ${line}$`), "")}`),
    ...(count > shown.length ? [`  and ${count - shown.length} more`] : []),
  ];
}
