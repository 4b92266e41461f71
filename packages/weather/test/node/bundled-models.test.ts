import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import {
  createAggregator,
  crps,
  persistence,
  simulatedSeries,
  SIMULATOR_SPLIT,
  spreadSkillRatio,
} from "../../src/index.js";
import { evaluateSystem } from "../../src/evaluation/evaluate-system.js";
import { forecasterSystem, modelSystem, type ForecastSystem } from "../../src/evaluation/forecast-system.js";
import { bundledForecastModels, loadForecastModel } from "../../src/node/load-forecast-model.js";
import { seriesFields, startsOf } from "../../src/training/series-fields.js";

/* The bundled models keep what the pages say of them, measured on a part; `nextscale weather evaluate` measures it on all. */

const bytesOf = (name: string) =>
  ["model.json", "weights.safetensors"]
    .map((file) => statSync(fileURLToPath(new URL(`../../models/${name}/${file}`, import.meta.url))).size)
    .reduce((sum, size) => sum + size, 0);

test("there are two, of less than 10 MiB each", () => {
  expect(bundledForecastModels()).toEqual(["eraint", "sim"]);
  for (const name of bundledForecastModels()) expect(bytesOf(name), name).toBeLessThan(10 * 2 ** 20);
});

test("that of the simulator forecasts days that it has not seen", { timeout: 120_000 }, async () => {
  const model = await loadForecastModel("sim");
  const { layout, config } = model;
  const [seed] = SIMULATOR_SPLIT.test.seeds;
  const truth = await simulatedSeries({ seeds: [seed], years: 8 / 365.2425, stepHours: config.stepHours });
  const fields = seriesFields(truth);
  const leads = [24, 72];
  const starts = startsOf(truth, 3, 6);
  const scoresOf = async (system: ForecastSystem) => {
    const metrics = [crps(system.name === "model" ? 1 : 0), spreadSkillRatio()];
    const aggregator = createAggregator({ layout, metrics: system.name === "model" ? metrics : metrics.slice(0, 1) });
    await evaluateSystem(system, { truth: fields, starts, leads }, aggregator);
    return {
      crps: aggregator.scores(metrics[0]!),
      ratio: system.name === "model" ? aggregator.scores(metrics[1]!) : [],
    };
  };
  const own = await scoresOf(modelSystem(model, { name: "model", fields, steps: 6, members: 8, seed: 1 }));
  const held = await scoresOf(forecasterSystem("persistence", persistence(fields), leads));
  own.crps.forEach(({ value, leadHours, output }, i) => {
    // Measured on a year: 0.08 at one day, 0.14 at three.
    expect(value / held.crps[i]!.value, `${output} at ${leadHours} h`).toBeLessThan(leadHours === 24 ? 0.12 : 0.2);
  });
  for (const { value } of own.ratio) {
    expect(value).toBeGreaterThan(0.6);
    expect(value).toBeLessThan(1.6);
  }
  const [start] = starts;
  const step = config.stepHours * 3_600_000;
  const initial = { time: start!, previous: fields(start! - step)!, current: fields(start!)! };
  const { bitsPerValue } = await model.score(initial, fields(start! + step)!);
  // 0.92 on a year.
  expect(bitsPerValue).toBeGreaterThan(0.7);
  expect(bitsPerValue).toBeLessThan(1.2);
  await model.close();
});
