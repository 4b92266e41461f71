import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { readResults, writeResults } from "../../src/node/results.js";
import { resultsPage } from "../../src/page/results-page.js";
import type { Table } from "../../src/table/table.js";
import { madeUpTable } from "../support/made-up-table.js";

const scratch = mkdtempSync(join(tmpdir(), "nextscale-results-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A folder of files, and the place of its page. */
function folderOf(name: string, files: Readonly<Record<string, string>>): { readonly folder: URL; readonly page: URL } {
  const path = join(scratch, name);
  mkdirSync(path);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return { folder: pathToFileURL(`${path}/`), page: pathToFileURL(`${path}.md`) };
}

test("the committed page is the one that the command makes of the committed results; without any there is none", async () => {
  const committed = new URL("../../RESULTS.md", import.meta.url);
  const folder = new URL("../../results/", import.meta.url);
  const again = pathToFileURL(join(scratch, "again.md"));
  await writeResults(folder, again);
  expect(existsSync(again)).toBe(existsSync(committed));
  if (!existsSync(committed)) return;
  expect(readFileSync(again, "utf8")).toBe(readFileSync(committed, "utf8"));
  expect((await readResults(folder)).filter(({ isSmoke }) => isSmoke)).toEqual([]);
});

test("a page has a section for each part, in the order of the paper whatever the files are called", async () => {
  const [first, second] = [JSON.stringify(madeUpTable("table1")), JSON.stringify(madeUpTable("table2"))];
  const { folder, page } = folderOf("two", { "a.json": second, "b.json": first, "notes.txt": "" });
  await writeResults(folder, page);
  const sections = readFileSync(page, "utf8").split("\n## ").slice(1);
  expect(sections.map((text) => text.slice(0, 7))).toEqual(["Table 1", "Table 2"]);
});

test("a table survives JSON", () => {
  const table = madeUpTable();
  const back = JSON.parse(JSON.stringify(table)) as Table;
  expect(resultsPage([back], "again")).toBe(resultsPage([table], "again"));
});

test("a page whose results are gone goes too, as in a folder that is not there", async () => {
  const { folder, page } = folderOf("empty", {});
  writeFileSync(page, "old");
  await writeResults(folder, page);
  expect(existsSync(page)).toBe(false);
  expect(await readResults(new URL("nowhere/", folder))).toEqual([]);
});

test("a file of another format, or of none, is refused with its name", async () => {
  for (const [name, text] of Object.entries({
    other: '{"format":"nextscale-other-1"}',
    nothing: "null",
    torn: '{"form',
  })) {
    const { folder, page } = folderOf(name, { "table1.json": text });
    await expect(writeResults(folder, page)).rejects.toMatchObject({
      code: "invalid-file",
      where: expect.stringContaining(join(name, "table1.json")) as string,
      fix: expect.stringContaining("results.json") as string,
    });
    expect(existsSync(page)).toBe(false);
  }
});
