import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine } from "@nextscale/engine/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { WeatherPreset } from "../../src/config/config.js";
import { evaluateForecastModel } from "../../src/evaluation/evaluate-forecast-model.js";
import { regionalGrid } from "../../src/grid/grid.js";
import { channelsFirst } from "../../src/model/channel-order.js";
import { scaleOfModel } from "../../src/model/field-scaling.js";
import { loadForecastModel, readForecastModel } from "../../src/node/load-forecast-model.js";
import { trainForecastModel } from "../../src/node/train-forecast-model.js";
import type { FieldSeries } from "../../src/training/field-series.js";
import { TINY, tinySeries } from "../support/tiny-series.js";

/* A model of a region from its data to its evaluation: states of principal components, their regression, a nested base. */

const COMPONENTS = 12;
const SIZE = 2 * 8 * 16;
const PRESET: WeatherPreset = {
  model: {
    anchor: { kind: "component-ridge" },
    truncation: { components: COMPONENTS },
    pyramid: TINY.model.pyramid,
    head: { kind: "categorical", quantiser: { kind: "transform", step: 0.5 }, passes: ["nested", 1, 1] },
    network: TINY.model.network,
  },
  training: TINY.training,
};

let home: string;
let series: FieldSeries;
/** The same weather on a grid that ends at its borders. */
async function regional(seed: number, count: number, year: number): Promise<FieldSeries> {
  const global = await tinySeries(seed, count, year);
  const grid = regionalGrid(
    Array.from({ length: 8 }, (_, row) => 40 + 3 * row),
    Array.from({ length: 16 }, (_, column) => 3 * column),
  );
  return { ...global, layout: { ...global.layout, grid } };
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "nextscale-"));
  series = await regional(1, 760, 2001);
  await trainForecastModel({ preset: PRESET, series, out: join(home, "region"), seed: 1 });
}, 60_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

test("forecasts are made of the components, and their observed steps have a likelihood", async () => {
  const { config, tensors } = await readForecastModel(join(home, "region"));
  const model = await loadForecastModel(join(home, "region"));
  const fieldOf = (i: number) => channelsFirst(series.fields.slice(i * SIZE, (i + 1) * SIZE), 2);
  const initial = { time: series.times[100]!, previous: fieldOf(99), current: fieldOf(100) };
  const { scaled } = scaleOfModel(config, tensors);
  const components = tensors["truncation/0"] as Float32Array;
  const { areaWeights } = series.layout.grid;
  const root = (at: number) => Math.sqrt(areaWeights[Math.floor(at / 32)]!);
  /** Share of a field's square that lies across the components. */
  const across = (field: Float32Array, time: number) => {
    const weighted = Array.from(scaled(field, time), (value, at) => value * root(at));
    const square = weighted.reduce((sum, value) => sum + value ** 2, 0);
    const along = Array.from({ length: COMPONENTS }, (_, k) =>
      weighted.reduce((sum, value, at) => sum + value * components[k * SIZE + at]!, 0),
    );
    return 1 - along.reduce((sum, value) => sum + value ** 2, 0) / square;
  };
  for await (const { fields, validTime } of model.forecast({ initial, steps: 2, members: 3, seed: 1 })) {
    expect(fields.every(Number.isFinite)).toBe(true);
    for (let m = 0; m < 3; m++) {
      expect(across(fields.slice(m * SIZE, (m + 1) * SIZE), validTime)).toBeLessThan(0.02);
    }
  }
  const noise = Float32Array.from({ length: SIZE }, (_, i) => initial.current[i]! + (i % 2 === 0 ? 1 : -1) * (i < 128 ? 900 : 5)); // prettier-ignore
  expect(across(noise, initial.time)).toBeGreaterThan(0.1);
  const [seen, other] = [await model.score(initial, fieldOf(101)), await model.score(initial, fieldOf(300))];
  expect(seen.bitsPerValue).toBeLessThan(other.bitsPerValue);
  await model.close();
});

test("it is evaluated beside the regression of its components, and has no spectra", async () => {
  const engine = await openEngine();
  const content = await readForecastModel(join(home, "region"));
  const truth = await regional(2, 60, 2011);
  const report = await evaluateForecastModel({
    ...{ content, engine, truth, archive: series, starts: 3, members: 4, days: 2, seed: 1 },
  });
  await engine.close();
  expect(report.systems.map(({ name }) => name).slice(0, 2)).toEqual(["model", "ridge + bootstrapped errors"]);
  expect(report.systems.every(({ spectra }) => spectra.length === 0)).toBe(true);
  for (const { scores } of report.systems) for (const { crps } of scores) expect(crps).toBeGreaterThan(0);
});
