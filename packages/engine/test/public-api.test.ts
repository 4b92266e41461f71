import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/* Adding or removing an export is a decision: `npm test -- public-api -u` records it, and the review sees it. */

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  name: string;
  exports: Record<string, string | { "@nextscale/source": string }>;
};

for (const [path, target] of Object.entries(manifest.exports)) {
  if (typeof target === "string") continue;
  test(`${manifest.name}${path.slice(1)} exports what it is known to export`, async () => {
    const source = new URL(`../${target["@nextscale/source"]}`, import.meta.url);
    const names = Object.keys((await import(/* @vite-ignore */ source.href)) as object).sort();
    const record = `public-api/${path === "." ? "index" : path.slice(2)}.txt`;
    await expect(names.map((name) => `${name}\n`).join("")).toMatchFileSnapshot(record);
  });
}
