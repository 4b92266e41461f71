import { expect, test } from "vitest";
import { engineOf, partFiles } from "../../src/page/part-files.js";
import { TABLE_NAMES } from "../../src/table/recipe.js";
import { madeUpTable } from "../support/made-up-table.js";

test("every table is written as JSON, Markdown and pictures that have all its curves", () => {
  for (const name of TABLE_NAMES) {
    const table = madeUpTable(name);
    expect(engineOf(table)).toBe("none");
    const { "results.json": json, "table.md": markdown, ...pictures } = partFiles(table);
    expect(JSON.parse(json!)).toEqual(JSON.parse(JSON.stringify(table)));
    expect(markdown).toContain(`## ${table.title}`);
    const keys = Object.values(pictures).map((picture) => {
      return [...picture.matchAll(/x="32" y="4">([^<]*)</g)].map(([, words]) => words!);
    });
    // A key cuts long names: no two of a picture to the same.
    for (const own of keys) expect(new Set(own).size).toBe(own.length);
    const drawn = keys.flat().filter((words) => /^\d hidden: /.test(words));
    expect(drawn.length).toBeGreaterThanOrEqual(table.curves.length);
    for (const [file, picture] of Object.entries(pictures)) {
      expect(file).toMatch(/^table.*\.svg$/);
      expect(picture).toMatch(/^<svg/);
    }
  }
});

test("a table of many variants has several pictures, one of few has one", () => {
  const names = (name: "table1" | "table2") => Object.keys(partFiles(madeUpTable(name))).filter((file) => file.endsWith(".svg")); // prettier-ignore
  expect(names("table1")).toEqual(["table.svg"]);
  expect(names("table2")).toEqual(["table-1-code.svg", "table-16-codes.svg"]);
});
