import { RECIPES } from "../recipes/recipes.js";
import { SWEEP_FORMAT, sweptClaims } from "../sweep/sweep.js";
import { TABLE_FORMAT, verdictsOf } from "../table/table.js";
import type { PaperResults } from "./parts.js";

/** Results whose statements are judged by the rule as it is now: their figures may be older than it. */
export function judgedAnew(results: PaperResults): PaperResults {
  switch (results.format) {
    case TABLE_FORMAT:
      return { ...results, verdicts: verdictsOf(RECIPES[results.name], results) };
    case SWEEP_FORMAT:
      return { ...results, claims: sweptClaims(results) };
    default:
      return results;
  }
}
