import { join } from "node:path";
import { PART_NAMES, resultsPage } from "@nextscale/paper";
import type { Invocation } from "../invocation.js";
import { formatSeconds, print, printJson } from "../output.js";
import { requireWritable, writeOutputs } from "../outputs.js";
import { factsOf, madePart, sayWhetherSmoke, type MadePart, type PaperOptions } from "./paper-part.js";

/** The page of all parts, in the folder of the study. */
const PAGE = "RESULTS.md";

/** Makes all parts of the paper one after the other, then one page of them; a part that is finished is only written again. */
export async function paperAll(options: PaperOptions, invocation: Invocation): Promise<void> {
  const began = performance.now();
  const page = join(options.out, PAGE);
  for (const part of PART_NAMES) await requireWritable(join(options.out, part), "folder");
  await requireWritable(page, "file");
  sayWhetherSmoke(options);
  const parts: MadePart[] = [];
  for (const [i, part] of PART_NAMES.entries()) {
    const made = await madePart(part, options, invocation, `${part} (${i + 1} of ${PART_NAMES.length})`);
    if (!options.json) print(...made.written);
    parts.push(made);
  }
  const all = parts.map(({ results }) => results);
  const content = resultsPage(
    all,
    "Made by `nextscale paper all`; the same results are in the folders beside this page.",
  );
  const facts = { ...factsOf(all, "all", options), began };
  const written = await writeOutputs([{ path: page, content }], facts, invocation);
  const files = [...parts.flatMap((part) => part.written), ...written];
  if (options.json) return printJson({ parts: all, files, wallTimeMs: Math.round(performance.now() - began) });
  print(...written, `Took ${formatSeconds(performance.now() - began)}.`);
}
