import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { RECIPES } from "../../src/recipes/recipes.js";
import { FULL } from "../../src/settings.js";
import { cellText, resultsPage, tableMarkdown } from "../../src/table/markdown.js";
import type { FloorRecord, RunRecord } from "../../src/table/records.js";
import { tableOf, type Table } from "../../src/table/table.js";
import { readTables } from "../../src/node/results.js";

const RESULTS = new URL("../../results/", import.meta.url);
const PAGE = new URL("../../RESULTS.md", import.meta.url);

test("the page of results is the one that is generated from the committed tables", async () => {
  const tables = existsSync(RESULTS) ? readdirSync(RESULTS).filter((name) => name.endsWith(".json")) : [];
  // Without a full run there is neither.
  expect(existsSync(PAGE)).toBe(tables.length > 0);
  if (tables.length === 0) return;
  const read = await readTables(RESULTS);
  expect(read.some(({ isSmoke }) => isSmoke)).toBe(false);
  expect(readFileSync(PAGE, "utf8")).toBe(resultsPage(read));
});

/** Records with made-up figures: what a table says of them is known. */
function madeUp(): Table {
  const recipe = RECIPES.table1;
  const study = { settings: FULL, data: "ab", engine: "none" };
  const scores = (error: number) => ({ meanSquaredError: error, psnrOfMeanError: 20, meanPsnr: 20.5, bandPsnr: 18 });
  const runs = [0, 1].flatMap((seed) =>
    recipe.variants.map((variant, i): RunRecord => ({
      ...{ study, variant, seed, parameters: 10 },
      atSigma: scores(0.01 + 0.001 * i + 0.0001 * seed),
      atShiftedSigma: scores(0.02),
      curve: [
        { step: 10, meanSquaredError: 0.02 },
        { step: 20, meanSquaredError: seed === 0 || i === 0 ? 0.013 : 0.015 },
      ],
      gradientNoise: [],
      gradientNorm: { mean: 1, variance: 0.1 },
    })),
  );
  const floor = { atSigma: scores(0.009), atShiftedSigma: scores(0.015) };
  const floors = [0, 1].map((seed): FloorRecord => ({ study, seed, floors: { identity: floor, linear: floor, autoencoder: floor } })); // prettier-ignore
  return tableOf(recipe, { study, isSmoke: false, seeds: [0, 1], runs, floors });
}

test("a table in Markdown: figures over seeds, targets that some seeds reach or none does, and the verdicts", () => {
  const table = madeUp();
  const text = tableMarkdown(table);
  expect(text).toContain(
    "| Pixel-MLP, 1 hidden layer | 0.0100 ± 0.0001 | 20.00 | 20.50 | 20 | 20 | not reached | 0.0200 |",
  );
  expect(text).toContain("| Latent-MLP, 1 hidden layer | 0.0110 ± 0.0001 | 20.00 | 20.50 | 20 | 20 (1 of 2 seeds) | not reached | 0.0200 |"); // prettier-ignore
  expect(text).toContain("| Best linear filter of noise 0.20 (Wiener) | 0.0090 | 20.00 | 20.50 | – | – | – | 0.0150 |");
  expect(text).toContain("| Paper: Pixel-MLP | 0.0195 ± 0.0003 | – | 17.6 ± 0.1 | 14 ± 1 epochs |");
  expect(text).toContain(
    "- A latent model ends with a lower error. **Not supported**: 1 hidden layer: contradicted (−0.001 ±",
  );
  expect(text).not.toContain("smoke");
  expect(cellText({ label: "", kind: "ours", cells: {} }, "error", 4)).toBe("–");
});

test("a table survives JSON, and the page has all tables", () => {
  const table = madeUp();
  const back = JSON.parse(JSON.stringify(table)) as Table;
  expect(resultsPage([back])).toBe(resultsPage([table]));
  expect(resultsPage([table, table]).split("\n## ")).toHaveLength(3);
});
