import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { NextscaleError } from "@nextscale/engine";
import { writeFileAtomic } from "@nextscale/engine/node";
import { judgedAnew } from "../page/judged-anew.js";
import { partFiles, partPictures } from "../page/part-files.js";
import { RESULT_FORMATS, type PaperResults } from "../page/parts.js";
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
  const { found, cause } = parsed(await readFile(file, "utf8"));
  const format = (found as { readonly format?: unknown } | null)?.format;
  if (RESULT_FORMATS.some((known) => known === format)) return found as PaperResults;
  throw new NextscaleError({
    code: "invalid-file",
    where: fileURLToPath(file),
    expected: `results of one of the formats ${RESULT_FORMATS.join(", ")}`,
    got: cause?.message ?? String(format),
    fix: "put results.json of a folder that nextscale paper has written there",
    cause,
  });
}

function parsed(text: string): { readonly found?: unknown; readonly cause?: Error } {
  try {
    return { found: JSON.parse(text) };
  } catch (error) {
    return { cause: error as Error };
  }
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
