import { lineCharts } from "@nextscale/weather/plot";
import { RECIPES } from "../recipes/recipes.js";
import { variantLabel } from "../variant/variant.js";
import type { Table } from "./table.js";

/**
 * Learning curves of a table as SVG, by name: `table`, or several where its recipe says which curves are drawn together, as more
 * of them in one picture could not be told apart.
 */
export function tablePictures(table: Table): Readonly<Record<string, string>> {
  const { pictures } = RECIPES[table.name];
  if (pictures === undefined) return { table: tablePicture(table) };
  const drawn = Object.entries(pictures).map(([name, variants]) => {
    const labels = variants.map(variantLabel);
    const curves = table.curves.filter(({ label }) => labels.includes(label));
    return [`table-${name}`, { ...table, curves }] as const;
  });
  return Object.fromEntries(
    drawn.filter(([, { curves }]) => curves.length > 0).map(([name, own]) => [name, tablePicture(own)]),
  );
}

/** Test error against steps, with the trivial predictors and floors as rules. */
function tablePicture({ title, curves, rows, seeds, isSmoke }: Table): string {
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
        lines: curves.map(({ label, steps, errors }) => ({ name: keyName(label), x: steps, y: errors })),
        rules,
      },
    ],
  });
}

/** A variant's label for a key, which cuts long ones: what tells readings apart comes first. */
function keyName(label: string): string {
  return label.replace(/^(.*), (\d hidden) layers?$/, "$2: $1");
}
