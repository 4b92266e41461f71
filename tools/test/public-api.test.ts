import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { publicExports } from "../testing/public-exports.js";

/*
 * Adding or removing an export of a published package, a value or a type, is a decision: `npm test -- public-api -u`
 * records it in the package's test/public-api, and the review sees it.
 */

const SOURCE = "@nextscale/source";
const packages = fileURLToPath(new URL("../../packages", import.meta.url));

interface Entry {
  /** `@nextscale/engine/node`. */
  readonly name: string;
  readonly source: string;
  readonly record: string;
}

/** The modules that a package lets others import; a package that is not published has none. */
function entriesOf(folder: string): Entry[] {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly name: string;
    readonly private?: boolean;
    readonly exports: Readonly<Record<string, string | { readonly [SOURCE]: string }>>;
  };
  if (manifest.private === true) return [];
  return Object.entries(manifest.exports).flatMap(([path, target]) =>
    typeof target === "string"
      ? []
      : [
          {
            name: `${manifest.name}${path.slice(1)}`,
            source: join(folder, target[SOURCE]),
            record: join(folder, "test/public-api", path === "." ? "index.txt" : `${path.slice(2)}.txt`),
          },
        ],
  );
}

const folders = readdirSync(packages).map((name) => join(packages, name));
const entries = folders.filter((folder) => existsSync(join(folder, "package.json"))).flatMap(entriesOf);
const found = publicExports(
  entries.map(({ source }) => source),
  [SOURCE],
);

test.each(entries.map((entry, i) => ({ ...entry, exported: found[i]! })))(
  "$name exports what it is known to export",
  async ({ exported, record }) => {
    await expect(exported.map((line) => `${line}\n`).join("")).toMatchFileSnapshot(record);
  },
);

test("there is a record for every entry and none besides", () => {
  const records = folders.flatMap((folder) => {
    const place = join(folder, "test/public-api");
    return existsSync(place) ? readdirSync(place).map((name) => join(place, name)) : [];
  });
  expect(records.sort()).toEqual(entries.map(({ record }) => record).sort());
});

test("control: every kind of export is seen, types too", () => {
  const fixture = fileURLToPath(new URL("fixtures/public-api/index.ts", import.meta.url));
  expect(publicExports([fixture], [])).toEqual([
    [
      "interface Corner",
      "const as type SIDES",
      "class Shape",
      "type Side",
      "const+type Unit",
      "const area",
      "namespace shapes",
      "function turn",
    ],
  ]);
});
