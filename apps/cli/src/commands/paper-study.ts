import { join } from "node:path";
import { studyMarkdown, studyPicture, tricksMarkdown, tricksPictures, type CostAxis, type StudyPart } from "@nextscale/paper"; // prettier-ignore
import { runStudy, runTricks, type RunStudyOptions, type StudyProgress } from "@nextscale/paper/node";
import { createProgress, type Progress } from "@nextscale/refinement-core";
import { engineOption } from "../engine-option.js";
import type { Invocation } from "../invocation.js";
import { formatSeconds, print, printJson } from "../output.js";
import { requireWritable, writeOutputs } from "../outputs.js";
import type { PaperTableOptions } from "./paper-table.js";

/** What section 6 asks for: the parts of its matrix, and the comparison of what diffusion lends. */
export type StudyCommand = StudyPart | "tricks";

/** Pictures of each part: what their horizontal axis counts. */
const PICTURES = {
  matrix: ["operations"],
  frontier: ["evaluations", "operations", "seconds"],
} as const satisfies Readonly<Record<StudyPart, readonly CostAxis[]>>;

/** Off a terminal a line comes so often, in milliseconds. */
const LOG_MS = 120_000;

/** A part that has been run. */
interface Ran {
  /** What `results.json` is. */
  readonly results: { readonly seeds: readonly number[] };
  readonly engine: string;
  readonly markdown: string;
  /** By the names of their files. */
  readonly pictures: Readonly<Record<string, string>>;
}

/** Runs what is missing of a part. */
async function ran(part: StudyCommand, options: RunStudyOptions): Promise<Ran> {
  if (part === "tricks") {
    const results = await runTricks(options);
    const pictures = Object.entries(tricksPictures(results)).map(([name, svg]) => [`tricks-${name}.svg`, svg] as const);
    const { engine } = results.identity.study;
    return { results, engine, markdown: tricksMarkdown(results), pictures: Object.fromEntries(pictures) };
  }
  const results = await runStudy(part, options);
  const pictures = PICTURES[part].map((axis) => [`${part}-${axis}.svg`, studyPicture(results, axis)] as const);
  const { engine } = results.study;
  return { results, engine, markdown: studyMarkdown(results), pictures: Object.fromEntries(pictures) };
}

/** Runs what is missing of a part of the section-6 study, and writes figures, tables and pictures. */
export async function paperStudy(
  part: StudyCommand,
  options: PaperTableOptions,
  invocation: Invocation,
): Promise<void> {
  const began = performance.now();
  const { out, seeds, quick = false } = options;
  const folder = join(out, part);
  await requireWritable(folder, "folder");
  if (quick && !options.json) print("A smoke run: it shows that the program works, and its figures say nothing.");
  const progress = studyProgress(part);
  let found: Ran;
  try {
    found = await ran(part, {
      ...{ out, quick, signal: invocation.signal, onProgress: progress.update },
      ...(seeds === undefined ? {} : { seeds }),
      ...engineOption(options.engine),
    });
  } finally {
    progress.close();
  }
  const { results, engine, markdown, pictures } = found;
  const files = { "results.json": `${JSON.stringify(results, null, 2)}\n`, [`${part}.md`]: markdown, ...pictures };
  const names = Object.keys(files);
  const chosen = { part, quick, seeds: results.seeds.length };
  const facts = { seed: 0, engine, networkEvaluations: 0, options: chosen, began };
  const [, receipt] = await writeOutputs({ path: folder, files, replaced: names }, facts, invocation);
  const written = [...names.map((file) => join(folder, file)), receipt!];
  if (options.json) return printJson({ ...results, files: written, wallTimeMs: Math.round(performance.now() - began) });
  print(markdown, ...written, `Took ${formatSeconds(performance.now() - began)}.`);
}

/** One line for all trainings and samples, with the time that is left; silent off a terminal but for a line every two minutes. */
function studyProgress(label: string): {
  readonly update: (progress: StudyProgress) => void;
  readonly close: () => void;
} {
  let line: Progress | undefined;
  return {
    update({ done, total }) {
      line ??= createProgress(process.stderr, { label, total: Math.round(total), unit: "GFLOP", logMs: LOG_MS });
      line.update(Math.round(done));
    },
    close: () => line?.close(),
  };
}
