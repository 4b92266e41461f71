import { NextscaleError } from "@nextscale/engine";
import type { WeatherModelConfig } from "../config/config.js";
import { requireGrid } from "../data/analyses.js";
import { gridFrom } from "../model/grid-from.js";
import type { FieldSeries } from "./field-series.js";

/** @throws NextscaleError `invalid-data` for a series of another grid, step or other channels than a model's */
export function requireSeries(
  where: string,
  { name, layout, stepHours }: FieldSeries,
  model: Pick<WeatherModelConfig, "grid" | "channels" | "stepHours">,
): void {
  requireGrid(where, layout.grid, gridFrom(model.grid));
  const of = (channels: readonly string[], step: number) => `${channels.join(", ")} every ${step} hours`;
  const [expected, got] = [of(model.channels, model.stepHours), of(layout.channels, stepHours)];
  if (expected === got) return;
  throw new NextscaleError({ code: "invalid-data", where, expected, got: `${got} in ${name}` });
}

/** @throws NextscaleError `invalid-data` for series that have a time in common: what is measured on must not have been fitted to */
export function requireDisjoint(where: string, training: FieldSeries, validation: FieldSeries): void {
  const times = new Set(training.times);
  const common = validation.times.find((time) => times.has(time));
  if (common === undefined) return;
  throw new NextscaleError({
    code: "invalid-data",
    where,
    expected: `data to decide or to measure on of other times than ${training.name}`,
    got: `${new Date(common).toISOString()} in both`,
    fix: "hold some years back",
  });
}
