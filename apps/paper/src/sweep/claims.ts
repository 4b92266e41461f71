import { RECIPES } from "../recipes/recipes.js";
import { depthName, TABLE_NAMES, type TableName } from "../table/recipe.js";
import type { Claim, Reading } from "../table/verdict.js";
import { variantId, type Variant } from "../variant/variant.js";

/** The depth that is swept: the one at which the tables have all variants. */
const DEPTH = 1;

/** What is trained in every cell: all variants of the tables that have one hidden layer. */
export const SWEEP_VARIANTS: readonly Variant[] = [
  ...new Map(
    TABLE_NAMES.flatMap((table) => RECIPES[table].variants)
      .filter(({ hiddenLayers }) => hiddenLayers === DEPTH)
      .map((variant) => [variantId(variant), variant] as const),
  ).values(),
];

const SWEPT: ReadonlySet<string> = new Set(SWEEP_VARIANTS.map(variantId));

/** A statement of a table, as far as the variants of a sweep can speak to it. */
export interface TableClaim extends Claim {
  readonly table: TableName;
}

/** What is looked at in every cell: the tables' statements, under their readings with one hidden layer. */
export const SWEEP_CLAIMS: readonly TableClaim[] = TABLE_NAMES.flatMap((table) =>
  RECIPES[table].claims.map(({ statement, readings }) => ({ table, statement, readings: swept(readings) })),
);

function swept(readings: readonly Reading[]): readonly Reading[] {
  return readings
    .filter(({ weights }) => Object.keys(weights).every((id) => SWEPT.has(id)))
    .map((reading) => ({ ...reading, name: reading.name.replace(`, ${depthName(DEPTH)}`, "") }));
}
