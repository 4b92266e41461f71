import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { EXAMPLE, readmeExample, type ExampleModule } from "../testing/readme-example.js";
import { publishedPackages } from "../packages/workspace.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const fixture = (name: string) => fileURLToPath(new URL(`fixtures/readme/${name}`, import.meta.url));

async function printedBy(path: string): Promise<readonly string[]> {
  const module = (await import(/* @vite-ignore */ pathToFileURL(path).href + EXAMPLE)) as ExampleModule;
  return module.printed;
}

/** The bundled models that an example loads and that are not there. */
function missingModels(code: string): string[] {
  return [...code.matchAll(/loadImageModel\("([^"]+)"\)/g)]
    .map(([, name]) => `packages/images/models/${name}`)
    .filter((folder) => !existsSync(join(root, folder)));
}

for (const path of [root, ...publishedPackages().map(({ folder }) => folder)].map((folder) =>
  join(folder, "README.md"),
)) {
  const name = path.slice(root.length);
  const example = readmeExample(readFileSync(path, "utf8"));
  if (example === undefined) continue;
  const missing = missingModels(example.code);
  const reason = missing.length === 0 ? "" : ` (skipped: needs ${missing.join(", ")})`;
  test.skipIf(missing.length > 0)(`the example of ${name} prints what it says${reason}`, async () => {
    expect(example.stated.length).toBeGreaterThan(0);
    expect(await printedBy(path)).toEqual(example.stated);
  });
}

test("every library has an example", () => {
  const libraries = publishedPackages().filter(({ programs }) => programs.length === 0);
  for (const { folder } of libraries) {
    expect(readmeExample(readFileSync(join(folder, "README.md"), "utf8")), folder).toBeDefined();
  }
});

test("what an example states and what it prints are read apart", async () => {
  const example = readmeExample(readFileSync(fixture("right.md"), "utf8"));
  expect(example?.stated).toEqual(["3 { sum: 3 }", "one\ntwo", "12"]);
  expect(await printedBy(fixture("right.md"))).toEqual(example?.stated);
});

test("control: a wrong comment, a missing comment and a failing example are noticed", async () => {
  const wrong = readmeExample(readFileSync(fixture("wrong.md"), "utf8"));
  expect(await printedBy(fixture("wrong.md"))).not.toEqual(wrong?.stated);
  expect(() => readmeExample("```js\nconsole.log(1);\n```\n")).toThrow("no comment says what this prints");
  await expect(printedBy(fixture("failing.md"))).rejects.toThrow("this example fails");
});
