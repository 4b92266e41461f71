import { expect, test } from "vitest";
import { cellText, tableMarkdown } from "../../src/table/markdown.js";
import { madeUpTable } from "../support/made-up-table.js";

test("a table in Markdown: figures over seeds, targets that some seeds reach or none does, and the verdicts", () => {
  const table = madeUpTable();
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
