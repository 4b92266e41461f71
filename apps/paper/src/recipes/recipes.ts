import type { Recipe, TableName } from "../table/recipe.js";
import { TABLE1 } from "./table1.js";
import { TABLE2 } from "./table2.js";
import { TABLE3 } from "./table3.js";
import { TABLE4 } from "./table4.js";

/** The tables of section 4. */
export const RECIPES: Readonly<Record<TableName, Recipe>> = {
  table1: TABLE1,
  table2: TABLE2,
  table3: TABLE3,
  table4: TABLE4,
};
