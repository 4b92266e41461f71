import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/* ARCHITECTURE.md is read first and changed last: what it names must be there. */

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");

/** The folder names that a package's box in the diagram lists; undefined for a package without a box. */
function drawnFolders(text: string, name: string): string[] | undefined {
  const box = new RegExp(`\\["<b>${name}</b><br/>([^"]*)"\\]`).exec(text)?.[1];
  return box?.split(/<br\/>|, /).sort();
}

/** Paths in backticks that are not there. */
function missingPaths(text: string): string[] {
  return [...text.matchAll(/`((?:packages|apps|tools)\/[\w./-]*)`/g)]
    .map(([, path = ""]) => path)
    .filter((path) => !existsSync(join(root, path)));
}

for (const name of readdirSync(join(root, "packages"))) {
  test(`the diagram shows the folders of ${name}`, () => {
    const entries = readdirSync(join(root, "packages", name, "src"), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    expect(drawnFolders(page, name)).toEqual(folders.sort());
  });
}

test("the paths in the text exist", () => {
  expect(missingPaths(page)).toEqual([]);
});

test("control: a folder left out and a path that is gone are noticed", () => {
  expect(drawnFolders(`x["<b>x</b><br/>one, two<br/>three"]`, "x")).toEqual(["one", "three", "two"]);
  expect(drawnFolders(page, "no-such-package")).toBeUndefined();
  expect(missingPaths("see `packages/engine/src/none.ts` and `packages/engine`")).toEqual([
    "packages/engine/src/none.ts",
  ]);
});
