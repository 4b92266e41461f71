/** A row of a Markdown table. */
function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** A Markdown table: the first column to the left, the others to the right. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [markdownRow(header), markdownRow(header.map((_, i) => (i === 0 ? "---" : "--:"))), ...rows.map(markdownRow)];
}
