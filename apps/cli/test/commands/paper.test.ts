import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PART_NAMES, RECIPES, TABLE_NAMES } from "@nextscale/paper";
import { afterAll, expect, test } from "vitest";
import { createProgram } from "../../src/program.js";
import { run } from "../weather/in-process.js";

/* `nextscale paper`: what a table is made of is tested in apps/paper, on a few images. */

const folder = mkdtempSync(join(tmpdir(), "nextscale-paper-command-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const { signal } = new AbortController();

test("there is a command for every part, one for all of them, and none besides", () => {
  const program = createProgram({ args: [], signal });
  const paper = program.commands.find((command) => command.name() === "paper")!;
  expect(paper.commands.map((command) => command.name())).toEqual([...PART_NAMES, "all"]);
  for (const command of paper.commands.slice(0, TABLE_NAMES.length)) {
    const { title } = RECIPES[command.name() as (typeof TABLE_NAMES)[number]];
    // In the words of the table's own title.
    expect(command.description().split(";")[0]!.split(": ").at(-1)).toBe(title.split(": ").at(-1)!.replace("refinement depth S", "refinement depth")); // prettier-ignore
  }
});

test("an unknown table, no seeds and a folder that cannot be written are refused before anything is run", async () => {
  const out = join(folder, "out");
  await expect(run(["paper", "table5", "--out", out], signal)).rejects.toThrow();
  await expect(run(["paper", "table1", "--seeds", "0", "--out", out], signal)).rejects.toThrow();
  await expect(run(["paper", "matrix", "--seeds", "0", "--out", out], signal)).rejects.toThrow();
  writeFileSync(join(folder, "file"), "");
  await expect(run(["paper", "table1", "--out", join(folder, "file")], signal)).rejects.toThrow(/file/);
  await expect(run(["paper", "frontier", "--out", join(folder, "file")], signal)).rejects.toThrow(/file/);
  await expect(run(["paper", "tricks", "--seeds", "0", "--out", out], signal)).rejects.toThrow();
  for (const name of ["tricks", "sweep", "all"]) {
    await expect(run(["paper", name, "--out", join(folder, "file")], signal)).rejects.toThrow(/file/);
  }
});

test("all parts are made, each once, what is shared before what shares it", () => {
  expect(PART_NAMES.indexOf("table4")).toBeLessThan(PART_NAMES.indexOf("sweep"));
  expect(PART_NAMES.indexOf("matrix")).toBeLessThan(PART_NAMES.indexOf("frontier"));
});
