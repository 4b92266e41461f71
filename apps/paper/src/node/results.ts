import { readdir, readFile } from "node:fs/promises";
import { NextscaleError } from "@nextscale/engine";
import { writeFileAtomic } from "@nextscale/engine/node";
import { resultsPage } from "../table/markdown.js";
import { TABLE_FORMAT, type Table } from "../table/table.js";
import { fileURLToPath } from "node:url";

/**
 * The tables of a folder, by the names of their files.
 *
 * @throws NextscaleError `invalid-file` for a file that is no table
 */
export async function readTables(folder: URL): Promise<readonly Table[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
  return Promise.all(
    names.map(async (name) => {
      const table = JSON.parse(await readFile(new URL(name, folder), "utf8")) as Omit<Table, "format"> & {
        format?: string;
      };
      if (table.format === TABLE_FORMAT) return { ...table, format: TABLE_FORMAT };
      throw new NextscaleError({
        code: "invalid-file",
        where: fileURLToPath(new URL(name, folder)),
        expected: `a table of the format ${TABLE_FORMAT}`,
        got: String(table.format),
        fix: "put results.json of a folder that nextscale paper has written there",
      });
    }),
  );
}

/** Writes the page of the tables in a folder. */
export async function writeResults(folder: URL, page: URL): Promise<void> {
  await writeFileAtomic(fileURLToPath(page), resultsPage(await readTables(folder)));
}
