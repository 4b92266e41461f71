import type { ForecastCase } from "./case.js";
import { ensembleMean } from "./statistic.js";

/** The fields that a spectrum is the mean of: the truth, all members, or the mean of the members. */
export function fieldsOf(
  of: "truth" | "members" | "mean",
  { truth, members }: ForecastCase,
): readonly (Float32Array | Float64Array)[] {
  if (of === "truth") return [truth];
  return of === "members" ? members : [ensembleMean(members)];
}
