import { join } from "node:path";
import {
  engineOf,
  networkEvaluationsOf,
  partFiles,
  resultsMarkdown,
  type PaperResults,
  type PartName,
} from "@nextscale/paper";
import { runPart, type RunOptions, type RunProgress } from "@nextscale/paper/node";
import { createProgress, type Progress } from "@nextscale/refinement-core";
import { engineOption } from "../engine-option.js";
import type { Invocation } from "../invocation.js";
import { formatSeconds, print, printJson } from "../output.js";
import { requireWritable, writeOutputs, type RunFacts } from "../outputs.js";

/** Options of `nextscale paper table1` and the others. */
export interface PaperOptions {
  readonly seeds?: number;
  readonly quick?: boolean;
  readonly engine?: string;
  readonly out: string;
  readonly json?: boolean;
}

/** A part that has been made, and the paths of what was written. */
export interface MadePart {
  readonly results: PaperResults;
  readonly written: readonly string[];
}

/** Off a terminal a line comes so often, in milliseconds. */
const LOG_MS = 120_000;

/** Makes a part of the paper: runs what is missing, and writes and prints figures, tables and pictures. */
export async function paperPart(part: PartName, options: PaperOptions, invocation: Invocation): Promise<void> {
  const began = performance.now();
  await requireWritable(join(options.out, part), "folder");
  sayWhetherSmoke(options);
  const { results, written } = await madePart(part, options, invocation);
  if (options.json) return printJson({ ...results, files: written, wallTimeMs: Math.round(performance.now() - began) });
  print(resultsMarkdown(results), ...written, `Took ${formatSeconds(performance.now() - began)}.`);
}

/** Says so, where figures will say nothing. */
export function sayWhetherSmoke({ quick, json }: PaperOptions): void {
  if (quick && !json) print("A smoke run: it shows that the program works, and its figures say nothing.");
}

/**
 * Runs what is missing of a part, and writes its folder.
 *
 * @param label of its line of progress; its name unless told
 */
export async function madePart(
  part: PartName,
  options: PaperOptions,
  invocation: Invocation,
  label: string = part,
): Promise<MadePart> {
  const began = performance.now();
  const folder = join(options.out, part);
  const progress = partProgress(label);
  let results: PaperResults;
  try {
    results = await runPart(part, { ...runOptions(options, invocation), onProgress: progress.update });
  } finally {
    progress.close();
  }
  const files = partFiles(results);
  const names = Object.keys(files);
  const facts = { ...factsOf([results], part, options), began };
  const [, receipt] = await writeOutputs({ path: folder, files, replaced: names }, facts, invocation);
  return { results, written: [...names.map((file) => join(folder, file)), receipt!] };
}

/** What a receipt says of parts. The seeds of each are there: those of tables are more than the study's. */
export function factsOf(
  parts: readonly PaperResults[],
  part: PartName | "all",
  { quick = false }: PaperOptions,
): Omit<RunFacts, "began"> {
  const [first] = parts as readonly [PaperResults];
  const seeds = parts.map(({ name, seeds: own }) => [`seeds of ${name}`, own.join(", ")] as const);
  return {
    ...{ seed: first.seeds[0]!, engine: engineOf(first), networkEvaluations: networkEvaluationsOf(parts) },
    options: { part, quick, ...Object.fromEntries(seeds) },
  };
}

function runOptions({ out, quick = false, seeds, engine }: PaperOptions, { signal }: Invocation): RunOptions {
  return { out, quick, signal, ...(seeds === undefined ? {} : { seeds }), ...engineOption(engine) };
}

/** One line for all that a part has to do, with the time that is left; silent off a terminal but for a line every two minutes. */
function partProgress(label: string): {
  readonly update: (progress: RunProgress) => void;
  readonly close: () => void;
} {
  let line: Progress | undefined;
  return {
    update({ done, total, unit, loss }) {
      line ??= createProgress(process.stderr, { label, total: Math.round(total), unit, logMs: LOG_MS });
      line.update(Math.round(done), loss === undefined ? {} : { loss });
    },
    close: () => line?.close(),
  };
}
