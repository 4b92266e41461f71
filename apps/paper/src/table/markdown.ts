import { roundsText, spreadText } from "./figures.js";
import { markdownTable } from "./markdown-table.js";
import type { MetricName } from "./metrics.js";
import type { Row, Table } from "./table.js";
import { RULE, type ReadingVerdict, type Verdict } from "./verdict.js";

/** A table as Markdown: floors and trivial rows, the paper's rows, ours, and what is to be said to each hypothesis. */
export function tableMarkdown(table: Table): string {
  const { title, study, seeds, columns, rows, verdicts, notes, isSmoke } = table;
  const { trainingImages, testImages, epochs } = study.settings;
  const header = ["", ...columns.map(({ label }) => label)];
  const lines = rows.map((row) => [row.label, ...columns.map(({ metric, digits }) => cellText(row, metric, digits))]);
  return [
    `## ${title}`,
    "",
    ...(isSmoke ? ["**A smoke run: it shows that the program works, and its figures say nothing.**", ""] : []),
    `MNIST, ${trainingImages} images to train on, ${testImages} to test with, ${epochs} epochs, ` +
      `${seeds.length === 1 ? "seed" : "seeds"} ${seeds.join(", ")}; mean ± standard deviation over seeds. Engine ${study.engine}.`,
    "",
    ...markdownTable(header, lines),
    "",
    ...verdicts.flatMap(verdictLines),
    "",
    RULE,
    "",
    ...notes.map((note) => `- ${note}`),
    "",
  ].join("\n");
}

/** A cell in the words of a table: `0.0123 ± 0.0001`. */
export function cellText({ cells }: Row, metric: MetricName, digits: number): string {
  const cell = cells[metric] ?? [];
  if (typeof cell === "string") return cell;
  return metric === "time" ? roundsText(cell as readonly number[], digits) : spreadText(cell, digits);
}

function verdictLines({ statement, outcome, readings }: Verdict): string[] {
  const detail = readings.map((reading) => `${reading.name}: ${verdictText(reading)}`);
  return [`- ${statement} **${outcome[0]!.toUpperCase()}${outcome.slice(1)}**: ${detail.join("; ")}.`];
}

/** What became of a reading, with its difference: `contradicted (−0.001 ± 0.0001)`. */
export function verdictText({ outcome, difference, half }: ReadingVerdict): string {
  const spread = half === null || difference === null ? "" : ` ± ${Number(half.toPrecision(2))}`;
  return `${outcome}${difference === null ? "" : ` (${signed(difference)}${spread})`}`;
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Number(Math.abs(value).toPrecision(3))}`;
}
