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
  return rows.map((row) => row.map((cell, i) => pad(cell, widths[i]!)).join("  ").trimEnd()).join("\n");
}
