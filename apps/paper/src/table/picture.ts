import { lineCharts } from "@nextscale/weather/plot";
import type { Table } from "./table.js";

/** Learning curves of a table: test error against steps, with the trivial predictors and floors as rules, as SVG. */
export function tablePicture({ title, curves, rows, seeds, isSmoke }: Table): string {
  const rules = rows.flatMap(({ label, kind, cells: { error } }) => {
    const value = typeof error === "string" ? undefined : error?.[0];
    return (kind === "trivial" || kind === "floor") && typeof value === "number" ? [{ name: label, value }] : [];
  });
  return lineCharts({
    title,
    subtitle: `Test error at noise 0.20, mean over ${seeds.length} ${seeds.length === 1 ? "seed" : "seeds"}${isSmoke ? "; a smoke run" : ""}`,
    x: { label: "Training steps", scale: "log" },
    charts: [
      {
        label: "Mean squared error",
        scale: "log",
        lines: curves.map(({ label, steps, errors }) => ({ name: label, x: steps, y: errors })),
        rules,
      },
    ],
  });
}
