import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { readResults, writeResults } from "../../src/node/results.js";
import { RESULT_SCHEMAS } from "../../src/page/result-schemas.js";
import { resultsPage } from "../../src/page/results-page.js";
import { tableMarkdown } from "../../src/table/markdown.js";
import type { Table } from "../../src/table/table.js";
import { TABLE_NAMES } from "../../src/table/recipe.js";
import { cellOf, DIFFUSION, madeUpStudy, NEXT_SCALE } from "../study/made-up-study.js";
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

test("the committed results, their pictures and their page are those that the command makes of them; without any there is no page", async () => {
  const committed = new URL("../../RESULTS.md", import.meta.url);
  const folder = new URL("../../results/", import.meta.url);
  const again = pathToFileURL(join(scratch, "again/results/"));
  cpSync(folder, again, { recursive: true });
  const page = pathToFileURL(join(scratch, "again/RESULTS.md"));
  await writeResults(again, page);
  expect(existsSync(page)).toBe(existsSync(committed));
  if (!existsSync(committed)) return;
  expect(readFileSync(page, "utf8")).toBe(readFileSync(committed, "utf8"));
  const files = (of: URL) => readdirSync(of, { recursive: true, encoding: "utf8" }).filter((name) => name.includes(".")).sort(); // prettier-ignore
  expect(files(again)).toEqual(files(folder));
  for (const name of files(folder)) expect(readFileSync(new URL(name, again), "utf8")).toBe(readFileSync(new URL(name, folder), "utf8")); // prettier-ignore
  expect([...(await readResults(folder)).values()].filter(({ isSmoke }) => isSmoke)).toEqual([]);
});

test("results that were judged by another rule are judged again, by their figures", async () => {
  const table = madeUpTable("table1");
  const stale = {
    ...table,
    verdicts: table.verdicts.map((verdict) => ({ ...verdict, outcome: "supported" as const })),
  };
  const { folder, page } = folderOf("stale", { "table1.json": JSON.stringify(stale) });
  await writeResults(folder, page);
  expect(JSON.parse(readFileSync(new URL("table1.json", folder), "utf8"))).toEqual(JSON.parse(JSON.stringify(table)));
  expect(readFileSync(page, "utf8")).toContain(tableMarkdown(table));
});

test("a page has a section for each part, in the order of the paper whatever the files are called", async () => {
  const [first, second] = [JSON.stringify(madeUpTable("table1")), JSON.stringify(madeUpTable("table2"))];
  const { folder, page } = folderOf("two", { "a.json": second, "b.json": first, "notes.txt": "" });
  await writeResults(folder, page);
  const sections = readFileSync(page, "utf8").split("\n## ").slice(1);
  expect(sections.map((text) => text.slice(0, 7))).toEqual(["Table 1", "Table 2"]);
  // Each with its pictures, where the page says that they are.
  const places = sections.map((text) => [...text.matchAll(/!\[.*\]\((.*)\)/g)].map(([, place]) => place!));
  expect(places).toEqual([["two/table1/table.svg"], ["two/table2/table-1-code.svg", "two/table2/table-16-codes.svg"]]);
  for (const place of places.flat()) expect(readFileSync(new URL(place, page), "utf8")).toMatch(/^<svg/);
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
  expect(await readResults(new URL("nowhere/", folder))).toEqual(new Map());
});

test("a file of another format, of none, or that lacks something is refused with its name", async () => {
  const { rows, ...rest } = madeUpTable();
  for (const [name, text] of Object.entries({
    other: '{"format":"nextscale-other-1"}',
    nothing: "null",
    torn: '{"form',
    incomplete: JSON.stringify(rest),
    wrong: JSON.stringify({ ...rest, rows: [{ ...rows[0]!, cells: { error: [0.01, "0.02"] } }] }),
  })) {
    const { folder, page } = folderOf(name, { "table1.json": text });
    await expect(writeResults(folder, page)).rejects.toMatchObject({
      code: "invalid-file",
      where: expect.stringContaining(join(name, "table1.json")) as string,
      fix: expect.stringContaining("results.json") as string,
    });
    if (text.startsWith('{"format":"nextscale-paper')) await expect(readResults(folder)).rejects.toThrow(/got rows/);
    expect(existsSync(page)).toBe(false);
  }
});

test("what parts leave behind is what their schemas say", () => {
  const cells = [cellOf(NEXT_SCALE, [[3, 1]]), cellOf(DIFFUSION, [[4, 1], [2, 9]])]; // prettier-ignore
  for (const results of [...TABLE_NAMES.map(madeUpTable), madeUpStudy("matrix", cells)]) {
    expect(RESULT_SCHEMAS[results.format].safeParse(JSON.parse(JSON.stringify(results))).error).toBeUndefined();
  }
});
