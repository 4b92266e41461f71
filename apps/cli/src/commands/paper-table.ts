import { join } from "node:path";
import { tableMarkdown, tablePicture, type Table, type TableName } from "@nextscale/paper";
import { runTable, type TableProgress } from "@nextscale/paper/node";
import { createProgress, type Progress } from "@nextscale/refinement-core";
import { engineOption } from "../engine-option.js";
import type { Invocation } from "../invocation.js";
import { formatSeconds, print, printJson } from "../output.js";
import { requireWritable, writeOutputs } from "../outputs.js";

export type { TableName } from "@nextscale/paper";

/** Options of `nextscale paper table1` and the others. */
export interface PaperTableOptions {
  readonly seeds?: number;
  readonly quick?: boolean;
  readonly engine?: string;
  readonly out: string;
  readonly json?: boolean;
}

/** What the command writes into the folder of its table. */
const FILES = ["results.json", "table.md", "table.svg"] as const;

/** Off a terminal a line comes so often, in milliseconds. */
const LOG_MS = 120_000;

/** Makes a table of the paper: runs what is missing, and writes figures, table and learning curves. */
export async function paperTable(name: TableName, options: PaperTableOptions, invocation: Invocation): Promise<void> {
  const began = performance.now();
  const { out, seeds, quick = false } = options;
  const folder = join(out, name);
  await requireWritable(folder, "folder");
  if (quick && !options.json) print("A smoke run: it shows that the program works, and its figures say nothing.");
  const progress = tableProgress(name);
  let table: Table;
  try {
    table = await runTable(name, {
      ...{ out, quick, signal: invocation.signal, onProgress: progress.update },
      ...(seeds === undefined ? {} : { seeds }),
      ...engineOption(options.engine),
    });
  } finally {
    progress.close();
  }
  const markdown = tableMarkdown(table);
  const contents = [`${JSON.stringify(table, null, 2)}\n`, markdown, tablePicture(table)];
  const files = Object.fromEntries(FILES.map((file, i) => [file, contents[i]!]));
  const chosen = { table: name, quick, seeds: table.seeds.length };
  const facts = { seed: 0, engine: table.study.engine, networkEvaluations: 0, options: chosen, began };
  const [, receipt] = await writeOutputs({ path: folder, files, replaced: FILES }, facts, invocation);
  const written = [...FILES.map((file) => join(folder, file)), receipt!];
  if (options.json) return printJson({ ...table, files: written, wallTimeMs: Math.round(performance.now() - began) });
  print(markdown, ...written, `Took ${formatSeconds(performance.now() - began)}.`);
}

/** One line for all trainings of a table, with the time that is left; silent off a terminal but for a line every two minutes. */
function tableProgress(label: string): {
  readonly update: (progress: TableProgress) => void;
  readonly close: () => void;
} {
  let line: Progress | undefined;
  return {
    update({ stepsDone, steps, loss }) {
      line ??= createProgress(process.stderr, { label, total: steps, unit: "steps", logMs: LOG_MS });
      line.update(stepsDone, { loss });
    },
    close: () => line?.close(),
  };
}
