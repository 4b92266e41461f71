import type { MetricName } from "../table/metrics.js";
import { depthName, DEPTHS, type Recipe } from "../table/recipe.js";
import type { Claim } from "../table/verdict.js";
import { variantId } from "../variant/variant.js";
import { BAND_NOTES, withBands } from "./bands.js";

const TARGETS = ["band", "remainder"] as const;

/** @param sign 1 where the smaller figure is better, −1 where the larger one is */
const claim = (statement: string, metric: MetricName, sign: 1 | -1): Claim => ({
  statement,
  readings: DEPTHS.flatMap((depth) =>
    TARGETS.map((target) => ({
      name: `learning the ${target}, ${depthName(depth)}`,
      metric,
      weights: { [variantId(withBands(1, depth))]: sign, [variantId(withBands(2, depth, target))]: -sign },
    })),
  ),
});

/** Setup C: coarse to fine against single-shot. */
export const TABLE3: Recipe = {
  name: "table3",
  title: "Table 3, setup C: coarse to fine against single-shot",
  columns: ["error", "steps018", "steps014", "steps012", "bandPsnr", "parameters"],
  floors: ["identity", "black", "linear"],
  paper: [
    { label: "Paper: Single-shot (one MLP)", cells: { error: "0.0193 ± 0.0003", steps018: "12 ± 1 epochs", bandPsnr: "16.8 ± 0.2" } }, // prettier-ignore
    { label: "Paper: Coarse→fine (2 MLPs)", cells: { error: "0.0164 ± 0.0002", steps018: "7 ± 1 epochs", bandPsnr: "18.2 ± 0.2" } }, // prettier-ignore
  ],
  variants: DEPTHS.flatMap((depth) => [withBands(1, depth), ...TARGETS.map((target) => withBands(2, depth, target))]),
  claims: [
    claim("Coarse to fine ends with a lower error.", "error", 1),
    claim("Coarse to fine reaches 0.018 in fewer steps.", "steps018", 1),
    claim("Coarse to fine reaches 0.012 in fewer steps.", "steps012", 1),
    claim("Coarse to fine gets more of the high frequencies right.", "bandPsnr", -1),
  ],
  notes: BAND_NOTES,
};
