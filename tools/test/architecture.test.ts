import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
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

/** Folders of a package's sources, and for each those that its files import. */
function folderImports(src: string): Map<string, Set<string>> {
  const imports = new Map<string, Set<string>>();
  for (const name of readdirSync(src, { recursive: true, encoding: "utf8" })) {
    const folder = dirname(name);
    if (!name.endsWith(".ts") || folder === ".") continue;
    const found = imports.get(folder) ?? new Set();
    imports.set(folder, found);
    for (const [, path = ""] of readFileSync(join(src, name), "utf8").matchAll(/from "(\.[^"]+)"/g)) {
      const target = normalize(join(folder, dirname(path)));
      if (target !== folder && target !== ".") found.add(target);
    }
  }
  return imports;
}

/** Imports that go against an order of folders: `a imports b` where b does not come before a. */
function againstOrder(imports: ReadonlyMap<string, ReadonlySet<string>>, order: readonly string[]): string[] {
  return [...imports].flatMap(([folder, targets]) =>
    [...targets]
      .filter((target) => !(order.indexOf(target) < order.indexOf(folder)))
      .map((target) => `${folder} imports ${target}`),
  );
}

/** Each may import those before it. */
const IMAGES = ["config", "data", "render", "tokeniser", "generator", "model", "metrics", "training", "node"];

test("the folders of images import one way", () => {
  const imports = folderImports(join(root, "packages/images/src"));
  expect([...imports.keys()].sort()).toEqual([...IMAGES].sort());
  expect(againstOrder(imports, IMAGES)).toEqual([]);
  // Control: in the reverse order all of them go the wrong way.
  expect(againstOrder(imports, [...IMAGES].reverse())).toContain("node imports training");
});

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
