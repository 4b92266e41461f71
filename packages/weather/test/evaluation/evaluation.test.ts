import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "@nextscale/engine";
import { openEngine } from "@nextscale/engine/node";
import type { Checkpoint } from "@nextscale/refinement-core";
import { readCheckpoint } from "@nextscale/refinement-core/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { WeatherModelConfig } from "../../src/config/config.js";
import { drifting } from "../../src/evaluation/climate-drift.js";
import { evaluateForecastModel } from "../../src/evaluation/evaluate-forecast-model.js";
import { evaluateSystem } from "../../src/evaluation/evaluate-system.js";
import { forecasterSystem, modelSystem, type ForecastSystem } from "../../src/evaluation/forecast-system.js";
import { ridgeEnsemble } from "../../src/evaluation/ridge-ensemble.js";
import { createAggregator, crps, persistence, rmse, spreadSkillRatio, type Metric } from "../../src/index.js";
import { weatherModelKind } from "../../src/model/checkpoint-kind.js";
import { createForecastModel } from "../../src/model/create-forecast-model.js";
import { scaleOfModel } from "../../src/model/field-scaling.js";
import type { ForecastModel } from "../../src/model/forecast-model.js";
import { trainForecastModel } from "../../src/node/train-forecast-model.js";
import type { FieldSeries } from "../../src/training/field-series.js";
import { fitResponse, wavePowers } from "../../src/training/fit-response.js";
import { fitSharpness } from "../../src/training/fit-sharpness.js";
import { seriesFields, startsOf } from "../../src/training/series-fields.js";
import { sphericalHarmonics } from "../../src/simulator/spherical-harmonics.js";
import { TINY, tinySeries } from "../support/tiny-series.js";

const LEADS = [12, 24, 36];

let home: string;
let engine: Engine;
let training: FieldSeries;
let verification: FieldSeries;
let checkpoint: Checkpoint<WeatherModelConfig>;
let model: ForecastModel;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "nextscale-"));
  training = await tinySeries(1, 760);
  verification = await tinySeries(2, 120, 2011);
  const out = join(home, "model");
  await trainForecastModel({ preset: TINY, series: training, out, seed: 1 });
  checkpoint = await readCheckpoint(out, weatherModelKind);
  engine = await openEngine(undefined, { threads: 1 });
  model = createForecastModel(checkpoint, { engine });
}, 60_000);
afterAll(async () => {
  await model.close();
  await engine.close();
  rmSync(home, { recursive: true, force: true });
});

/** A score of a system at each lead, the mean over channels in their deviations. */
async function scoresOf(
  system: ForecastSystem,
  metric: Metric,
  starts = startsOf(verification, 12, 3),
  units: ArrayLike<number> = checkpoint.tensors["scaling/deviation"]!,
): Promise<number[]> {
  const aggregator = createAggregator({ layout: verification.layout, metrics: [metric] });
  await evaluateSystem(system, { truth: seriesFields(verification), starts, leads: LEADS }, aggregator);
  const scores = aggregator.scores(metric);
  return LEADS.map((lead) => {
    const own = scores.filter(({ leadHours }) => leadHours === lead);
    return own.reduce((sum, { value }, c) => sum + value / units[c]!, 0) / own.length;
  });
}

test("starts are spread over the series and can all be verified", () => {
  const starts = startsOf(verification, 5, 3);
  expect(starts.length).toBe(5);
  const last = verification.times.at(-1)!;
  starts.forEach((start) => {
    expect(start).toBeGreaterThan(verification.times[0]!);
    expect(start + 36 * 3_600_000).toBeLessThanOrEqual(last);
  });
  expect(startsOf(verification, 1000, 3).length).toBe(120 - 4);
});

test("the regression with errors of its own is reliable on what it was made for, and better than persistence", async () => {
  const fields = seriesFields(verification);
  const system = await ridgeEnsemble({ engine, model: checkpoint, archive: training, fields, steps: 3, members: 16, seed: 1 }); // prettier-ignore
  const ratio = await scoresOf(system, spreadSkillRatio(), startsOf(verification, 12, 3), [1, 1]);
  ratio.forEach((value) => expect(Math.abs(value - 1)).toBeLessThan(0.35));
  const [ridge] = await scoresOf(system, crps());
  const [still] = await scoresOf(forecasterSystem("persistence", persistence(fields), LEADS), crps(0));
  expect(ridge!).toBeLessThan(0.7 * still!);
  await system.close();
});

test("a model is evaluated as what it is, the same every time", async () => {
  const options = { name: "tiny", fields: seriesFields(verification), steps: 3, members: 4, seed: 1 };
  const errors = await scoresOf(modelSystem(model, options), rmse());
  expect(errors[0]!).toBeGreaterThan(0);
  expect(errors[0]!).toBeLessThan(errors[2]!);
  expect(await scoresOf(modelSystem(model, options), rmse())).toEqual(errors);
});

test("a start without an analysis is said", async () => {
  const system = modelSystem(model, {
    name: "tiny",
    fields: seriesFields(verification),
    steps: 3,
    members: 2,
    seed: 1,
  });
  await expect(scoresOf(system, crps(), [verification.times[0]!])).rejects.toThrow(/an analysis of 2010-12-31T12:00/);
});

test("sharpness is the one that scores best among those that are tried", { timeout: 60_000 }, async () => {
  const truth = seriesFields(verification);
  const trials: number[] = [];
  const sharpness = await fitSharpness(model, {
    truth,
    starts: startsOf(verification, 4, 1),
    leads: [12],
    members: 4,
    seed: 1,
    onProgress: (done, total) => trials.push(done / total),
  });
  expect(sharpness.length).toBe(3);
  expect(trials.length).toBe(5 + 4 * 3);
  expect(trials.at(-1)).toBe(1);
  const score = async (value: readonly number[]) => {
    const aggregator = createAggregator({ layout: verification.layout, metrics: [crps()] });
    const trial = modelSystem(model, { name: "trial", fields: truth, steps: 1, members: 4, seed: 1, sharpness: value });
    await evaluateSystem(trial, { truth, starts: startsOf(verification, 4, 1), leads: [12] }, aggregator);
    return aggregator.scores(crps()).reduce((sum, one) => sum + Math.log(one.value), 0);
  };
  for (const other of [0.8, 1, 1.2]) {
    expect(await score(sharpness)).toBeLessThanOrEqual(await score([other, other, other]));
  }
});

test("with its response the waves of forecasts are as strong as those of the truth, or come closer", async () => {
  const harmonics = sphericalHarmonics(verification.layout.grid, 5);
  const scale = scaleOfModel(checkpoint.config, checkpoint.tensors);
  const options = {
    ...{ layout: verification.layout, truncation: 5, scale, truth: seriesFields(verification) },
    ...{ starts: startsOf(verification, 4, 6), steps: 6, members: 4, seed: 1 },
  };
  const open = (response: Float32Array) => {
    const tensors = { ...checkpoint.tensors, "scaling/response/0": response };
    return createForecastModel({ ...checkpoint, tensors }, { engine });
  };
  const response = await fitResponse(open, options);
  response.forEach((share) => {
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThanOrEqual(1);
  });
  const excess = async (values: Float32Array) => {
    const trial = open(values);
    const { truth, members } = await wavePowers(trial, harmonics, options).finally(() => trial.close());
    // This weather has waves of some total wavenumbers only.
    const total = truth.reduce((sum, power) => sum + power, 0);
    return Array.from(truth, (power, at) => (power < total / 100 ? 0 : Math.max(0, Math.log(members[at]! / power))));
  };
  const worst = Math.max(...(await excess(new Float32Array(response.length).fill(1))));
  expect(worst).toBeGreaterThan(0.2);
  expect(Math.max(...(await excess(response)))).toBeLessThan(worst / 2);
});

test("a model is evaluated beside its baselines, with what its codes can say", { timeout: 60_000 }, async () => {
  const stages = new Set<string>();
  const report = await evaluateForecastModel({
    content: checkpoint,
    engine,
    truth: verification,
    archive: training,
    ...{ starts: 6, members: 4, days: 2, seed: 1 },
    onProgress: (stage) => stages.add(stage),
  });
  const names = report.systems.map(({ name }) => name);
  expect(names).toEqual(["model", "ridge + bootstrapped errors", "damped anomaly", "climatology mean", "persistence"]);
  expect([...stages]).toEqual(expect.arrayContaining([...names, "coding"]));
  expect(report.leadHours).toEqual([24, 48]);
  for (const { kind, scores, spectra, starts } of report.systems) {
    expect(starts).toBe(6);
    expect(scores.map(({ leadHours, channel }) => `${channel} ${leadHours}`).sort()).toEqual(["t850 24", "t850 48", "z500 24", "z500 48"]); // prettier-ignore
    for (const score of scores) {
      expect(score.crps).toBeGreaterThan(0);
      expect(score.ranks?.length).toBe(kind === "ensemble" ? 5 : undefined);
    }
    expect(spectra.length).toBe(kind === "ensemble" ? 4 : 0);
  }
  const [own] = report.models;
  expect(own).toMatchObject({ name: "model", head: "categorical", networkEvaluations: model.networkEvaluations });
  expect(own.forecastMs).toBeGreaterThan(0);
  expect(own.unstableShare).toBeGreaterThanOrEqual(0);
  expect(own.unstableShare).toBeLessThanOrEqual(1);
  // The same as by the pieces.
  const system = modelSystem(model, {
    name: "tiny",
    fields: seriesFields(verification),
    steps: 4,
    members: 4,
    seed: 1,
  });
  const starts = startsOf(verification, 6, 4);
  const aggregator = createAggregator({ layout: verification.layout, metrics: [crps()] });
  await evaluateSystem(system, { truth: seriesFields(verification), starts, leads: [24, 48] }, aggregator);
  const byPieces = aggregator.scores(crps()).map(({ value }) => value);
  expect(report.systems[0]!.scores.map((score) => score.crps)).toEqual(byPieces);

  const { floor, bitsPerValue, bitsByScale } = report.models[0].coding!;
  expect(bitsByScale.length).toBe(3);
  expect(bitsPerValue).toBeGreaterThan(0);
  floor.forEach(({ channel, rmse: least }) => {
    const scores = report.systems.flatMap((one) => one.scores.filter((score) => score.channel === channel));
    for (const score of scores) expect(score.rmse, channel).toBeGreaterThan(least);
  });
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

test("a truth that is too short for a start is said", async () => {
  const options = { content: checkpoint, engine, truth: verification, starts: 2, members: 2, days: 90, seed: 1 };
  await expect(evaluateForecastModel(options)).rejects.toThrow(/analyses over 90 days .* got 120 times in tiny/);
});

test("a model beside another has the scores that it has alone", { timeout: 60_000 }, async () => {
  const content = { ...checkpoint, hash: "another", config: { ...checkpoint.config, sharpness: [0.3, 0.3, 0.3] } };
  const common = { engine, truth: verification, starts: 3, members: 4, days: 1, seed: 1 };
  const both = await evaluateForecastModel({ ...common, content: checkpoint, beside: [{ name: "sharp", content }] });
  const alone = await evaluateForecastModel({ ...common, content });
  expect(both.models.map(({ name }) => name)).toEqual(["model", "sharp"]);
  expect(both.systems[1]!.scores).toEqual(alone.systems[0]!.scores);
  expect(both.systems[0]!.scores).not.toEqual(alone.systems[0]!.scores);
});

test("a climate that is off is told, of forecasts that are long enough", async () => {
  const deviation = checkpoint.tensors["scaling/deviation"]!;
  const long = await tinySeries(4, 130);
  const truth = seriesFields(long);
  const cells = 8 * 16;
  /** The truth itself, shifted in one channel. */
  const shifted: ForecastSystem = {
    name: "shifted",
    async *forecast(start) {
      for (let leadHours = 12; leadHours <= 60 * 24; leadHours += 12) {
        const field = truth(start + leadHours * 3_600_000)!;
        const member = field.map((value, at) => value + (at < cells ? 0 : 0.5 * deviation[1]!));
        yield await Promise.resolve({ leadHours, members: [member] });
      }
    },
  };
  const { system, drift } = drifting(shifted, checkpoint, truth);
  expect(drift()).toEqual([]);
  for await (const ensemble of system.forecast(long.times[1]!)) expect(ensemble.members.length).toBe(1);
  const [first, second] = drift();
  expect(first!.members).toBe(first!.truth);
  // The truth's own mean is small beside the shift, and as likely to be against it as with it.
  expect(Math.abs(second!.members - 0.5)).toBeLessThan(second!.truth + 1e-6);
  expect(second!.truth).toBeLessThan(0.4);
});

test("models and data that cannot be compared are refused", async () => {
  const common = { engine, truth: verification, starts: 3, members: 4, days: 1, seed: 1, content: checkpoint };
  const other = { ...checkpoint, hash: "another" };
  const refused = (beside: { name: string; content: typeof other }[]) => evaluateForecastModel({ ...common, beside });
  await expect(refused([{ name: "again", content: checkpoint }])).rejects.toThrow(/the model itself/);
  await expect(refused([{ name: "persistence", content: other }])).rejects.toThrow(/a name of its own/);
  const coarse = { ...other, config: { ...other.config, stepHours: 24 } };
  await expect(refused([{ name: "coarse", content: coarse }])).rejects.toThrow(/same grid, channels and step/);
  await expect(evaluateForecastModel({ ...common, archive: verification })).rejects.toThrow(/in both/);
});
