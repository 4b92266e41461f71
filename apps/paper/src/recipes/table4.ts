import { depthName, DEPTHS, TIME_NOTE, type Recipe } from "../table/recipe.js";
import { variantId } from "../variant/variant.js";
import { BAND_NOTES, withBands } from "./bands.js";

const DEPTH_SWEEP = [1, 2, 3] as const;
const idOf = (bands: 1 | 2 | 3, depth: 1 | 2): string => variantId(withBands(bands, depth));

/** The depth sweep. */
export const TABLE4: Recipe = {
  name: "table4",
  title: "Table 4: refinement depth S with matched parameters",
  columns: ["error", "bandPsnr", "parameters", "time"],
  floors: ["identity", "black", "linear"],
  paper: [
    { label: "Paper: S = 1", cells: { error: "0.0193", time: "1.00" } },
    { label: "Paper: S = 2", cells: { error: "0.0164", time: "1.15" } },
    { label: "Paper: S = 3", cells: { error: "0.0162", time: "1.22" } },
  ],
  variants: DEPTHS.flatMap((depth) => DEPTH_SWEEP.map((bands) => withBands(bands, depth))),
  timedAgainst: withBands(1, 1),
  claims: [
    {
      statement: "Two bands have a lower error than one.",
      readings: DEPTHS.map((depth) => ({
        name: depthName(depth),
        metric: "error",
        weights: { [idOf(1, depth)]: 1, [idOf(2, depth)]: -1 },
      })),
    },
    {
      statement: "Three bands have a lower error than two.",
      readings: DEPTHS.map((depth) => ({
        name: depthName(depth),
        metric: "error",
        weights: { [idOf(2, depth)]: 1, [idOf(3, depth)]: -1 },
      })),
    },
    {
      statement: "Returns diminish: the second band gains more than the third.",
      readings: DEPTHS.map((depth) => ({
        name: depthName(depth),
        metric: "error",
        // (e1 − e2) − (e2 − e3)
        weights: { [idOf(1, depth)]: 1, [idOf(2, depth)]: -2, [idOf(3, depth)]: 1 },
      })),
    },
  ],
  notes: [...BAND_NOTES.filter((note) => !note.startsWith("The finer network")), TIME_NOTE],
};
