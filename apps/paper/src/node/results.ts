import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { NextscaleError } from "@nextscale/engine";
import { writeFileAtomic } from "@nextscale/engine/node";
import { describeIssues } from "@nextscale/refinement-core";
import { judgedAnew } from "../page/judged-anew.js";
import { partFiles, partPictures } from "../page/part-files.js";
import type { PaperResults } from "../page/parts.js";
import { RESULT_SCHEMAS } from "../page/result-schemas.js";
import { resultsPage } from "../page/results-page.js";

/**
 * The results of a folder, by the names of their files; none of a folder that is not there.
 *
 * @throws NextscaleError `invalid-file` for a file that has none
 */
export async function readResults(folder: URL): Promise<ReadonlyMap<string, PaperResults>> {
  const names = (await namesIn(folder)).filter((name) => name.endsWith(".json")).sort();
  return new Map(await Promise.all(names.map(async (name) => [name, await resultsIn(new URL(name, folder))] as const)));
}

async function namesIn(folder: URL): Promise<readonly string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
}

async function resultsIn(file: URL): Promise<PaperResults> {
  const read = parsed(await readFile(file, "utf8"));
  if ("results" in read) return read.results;
  const { wrong, cause } = read;
  throw new NextscaleError({
    code: "invalid-file",
    where: fileURLToPath(file),
    expected: `results of one of the formats ${Object.keys(RESULT_SCHEMAS).join(", ")}`,
    got: wrong,
    fix: "put results.json of a folder that nextscale paper has written there",
    ...(cause === undefined ? {} : { cause }),
  });
}

type Parsed = { readonly results: PaperResults } | { readonly wrong: string; readonly cause?: Error };

function parsed(text: string): Parsed {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    return { wrong: (error as Error).message, cause: error as Error };
  }
  const format = String((found as { readonly format?: unknown } | null)?.format);
  const schema = Object.hasOwn(RESULT_SCHEMAS, format) ? RESULT_SCHEMAS[format as PaperResults["format"]] : undefined;
  if (schema === undefined) return { wrong: format };
  const { success, error } = schema.safeParse(found);
  // As it was read, with its keys in their order: it is written again.
  return success ? { results: found as PaperResults } : { wrong: describeIssues(error), cause: error };
}

/** How the page of the committed results is made. */
const ORIGIN =
  "Generated, with its pictures, from `results/*.json` by `npm run results -w @nextscale/paper`; a test makes it again.";

/**
 * Brings what is made of the results in a folder up to date: what becomes of the statements, by the rule as it is now, in the results
 * themselves, their pictures, each part's in a folder of its name, and their page. Without any there is no page: one that was there is
 * removed.
 */
export async function writeResults(folder: URL, page: URL): Promise<void> {
  const all = new Map([...(await readResults(folder))].map(([name, results]) => [name, judgedAnew(results)]));
  if (all.size === 0) return rm(page, { force: true });
  for (const [name, results] of all) {
    await write(new URL(name, folder), partFiles(results)["results.json"]!);
    const own = new URL(`${results.name}/`, folder);
    await rm(own, { recursive: true, force: true });
    await mkdir(own);
    for (const [file, svg] of Object.entries(partPictures(results))) await write(new URL(file, own), svg);
  }
  await write(page, resultsPage([...all.values()], ORIGIN, `${basename(fileURLToPath(folder))}/`));
}

function write(file: URL, text: string): Promise<void> {
  return writeFileAtomic(fileURLToPath(file), text);
}
