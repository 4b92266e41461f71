import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "@nextscale/refinement-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HeadPreset } from "../../src/config/head-config.js";
import { channelsFirst } from "../../src/model/channel-order.js";
import type { ForecastModel, ForecastRequest, ForecastStep, InitialState } from "../../src/model/forecast-model.js";
import { loadForecastModel } from "../../src/node/load-forecast-model.js";
import { trainForecastModel, type TrainForecastModelOptions } from "../../src/node/train-forecast-model.js";
import type { FieldSeries } from "../../src/training/field-series.js";
import { TINY, tinySeries } from "../support/tiny-series.js";

const SIZE = 2 * 8 * 16;

let home: string;
let series: FieldSeries;
let model: ForecastModel;
let initial: InitialState;
const pathOf = (name: string) => join(home, name);
const fieldOf = (i: number) => channelsFirst(series.fields.slice(i * SIZE, (i + 1) * SIZE), 2);
const train = (name: string, changes: Partial<TrainForecastModelOptions> = {}) =>
  trainForecastModel({ preset: TINY, series, out: pathOf(name), seed: 1, ...changes });

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "nextscale-"));
  series = await tinySeries(1, 760);
  await train("whole");
  model = await loadForecastModel(pathOf("whole"));
  initial = { time: series.times[100]!, previous: fieldOf(99), current: fieldOf(100) };
}, 60_000);
afterAll(async () => {
  await model.close();
  rmSync(home, { recursive: true, force: true });
});

/** The same fields, a day apart. */
function daily({ times, ...rest }: FieldSeries): FieldSeries {
  return { ...rest, stepHours: 24, times: times.map((_, i) => times[0]! + i * 24 * 3_600_000) };
}

async function stepsOf(request: Partial<ForecastRequest> = {}): Promise<ForecastStep[]> {
  const steps: ForecastStep[] = [];
  for await (const step of model.forecast({ initial, steps: 3, members: 4, seed: 5, ...request })) steps.push(step);
  return steps;
}

describe("training", () => {
  test("interrupted and resumed, it ends with the bits of the uninterrupted one", { timeout: 60_000 }, async () => {
    const { signal } = new AbortController();
    let looked = 0;
    Object.defineProperty(signal, "aborted", { get: () => looked++ >= 5 });
    await expect(train("parts", { signal })).rejects.toMatchObject({ code: "interrupted" });
    const { stepsFound } = await train("parts", { start: "resume" });
    expect(stepsFound).toBe(5);
    const hashOf = (name: string) => sha256(readFileSync(join(pathOf(name), "weights.safetensors")));
    expect(await hashOf("parts")).toBe(await hashOf("whole"));
  });

  test("sharpness is fitted where there is validation data", { timeout: 60_000 }, async () => {
    const trials: number[] = [];
    // A few starts and steps of a day: what is tested here is that it is done.
    const validation = daily(await tinySeries(3, 14, 2011));
    const onCalibration = (done: number) => trials.push(done);
    const { config } = await train("calibrated", { series: daily(series), validation, onCalibration });
    // Trials of the sharpness, then rounds of the response.
    expect(trials).toEqual(Array.from({ length: 8 + 5 + 4 * 3 }, (_, i) => i + 1));
    config.sharpness.forEach((value) => {
      expect(value).toBeGreaterThan(0.5);
      expect(value).toBeLessThan(1.8);
    });
  });

  test("validation data that the training has seen, or of other fields, is refused before it begins", async () => {
    await expect(train("seen", { validation: await tinySeries(3, 24) })).rejects.toThrow(/other times than tiny/);
    const other = { ...series, stepHours: 24 };
    await expect(train("other", { validation: other })).rejects.toThrow(/every 12 hours.*every 24 hours/s);
    await expect(train("brief", { validation: await tinySeries(3, 5, 2011) })).rejects.toMatchObject({
      code: "missing-data",
    });
    const unequal = { ...TINY.model, head: { ...TINY.model.head, passes: [1, 2] } as HeadPreset };
    await expect(train("passes", { preset: { ...TINY, model: unequal } })).rejects.toThrow(
      /head is for the scales of its pyramid, got .*head.passes: expected one for each of 3 scales, got 2/,
    );
    const preset = { ...TINY, model: { ...TINY.model, truncation: 9 } };
    await expect(train("waves", { preset })).rejects.toThrow(
      /a preset for 16 x 8 points .*truncation: expected waves.*; choose among eraint, tiny, or regrid the data/,
    );
  });

  test("what cannot be learned from is refused before anything is written", async () => {
    const short = await tinySeries(1, 100);
    await expect(train("short", { series: short })).rejects.toThrow(/512 or more fields .* got 98 in tiny/s);
    const masked = { ...series, fields: series.fields.map((value, i) => (i === 5000 ? Number.NaN : value)) };
    await expect(train("masked", { series: masked })).rejects.toMatchObject({ code: "invalid-data" });
    const left = ["short", "masked"].flatMap((name) => [pathOf(name), `${pathOf(name)}.training`]);
    expect(left.filter((path) => existsSync(path))).toEqual([]);
  });
});

describe("a forecast", () => {
  test("comes step by step, with its times, in the channels' units", async () => {
    const steps = await stepsOf();
    expect(steps.map(({ leadHours }) => leadHours)).toEqual([12, 24, 36]);
    expect(steps.map(({ validTime }) => validTime)).toEqual([101, 102, 103].map((i) => series.times[i]));
    for (const { fields, unstableSince } of steps) {
      expect(fields.length).toBe(4 * SIZE);
      expect(fields.every(Number.isFinite)).toBe(true);
      expect(unstableSince.length).toBe(4);
      expect(Math.abs(fields[0]! - 50_000)).toBeLessThan(10_000);
    }
  });

  test("a member is the same alone, among others and in a shard, and another of another seed or start", async () => {
    const all = await stepsOf();
    const alone = await stepsOf({ members: 1, firstMember: 2 });
    alone.forEach(({ fields }, i) => expect(fields).toEqual(all[i]!.fields.slice(2 * SIZE, 3 * SIZE)));
    const [first] = await stepsOf({ seed: 6, steps: 1 });
    expect(first!.fields).not.toEqual(all[0]!.fields);
    expect(all[0]!.fields.slice(0, SIZE)).not.toEqual(all[0]!.fields.slice(SIZE, 2 * SIZE));
  });

  test("members lie closer together when it is sharper", async () => {
    const spreadAt = async (sharpness: number | number[]) => {
      const [step] = await stepsOf({ members: 16, steps: 1, sharpness });
      const values = Array.from({ length: 16 }, (_, m) => step!.fields[m * SIZE + 60]!);
      const mean = values.reduce((sum, value) => sum + value, 0) / 16;
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 15);
    };
    const [narrow, own, same] = [await spreadAt(0.05), await spreadAt(1), await spreadAt([1, 1, 1])];
    expect(narrow).toBeLessThan(own / 2);
    expect(same).toBe(own);
  });

  test("stops between steps when it is told to", async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const interrupted = (async () => {
      for await (const { step } of model.forecast({ initial, steps: 50, members: 1, signal: controller.signal })) {
        seen.push(step);
        if (step === 2) controller.abort();
      }
    })();
    await expect(interrupted).rejects.toMatchObject({ code: "interrupted" });
    expect(seen).toEqual([1, 2]);
  });

  test.each<[string, object, string]>([
    ["an unknown option", { member: 3 }, "invalid-argument"],
    ["no members", { members: 0 }, "invalid-argument"],
    ["half a step", { steps: 1.5 }, "invalid-argument"],
    ["too few sharpnesses", { sharpness: [1, 1] }, "invalid-argument"],
    ["no initial state", { initial: 3 }, "invalid-argument"],
    ["a seed that is no integer", { seed: 0.5 }, "invalid-argument"],
    ["a field of another grid", { initial: { time: 0, previous: new Float32Array(4), current: new Float32Array(4) } }, "shape"], // prettier-ignore
  ])("%s is refused", async (_, change, code) => {
    await expect(stepsOf(change)).rejects.toMatchObject({ code });
  });

  test.each([Number.NaN, -Infinity])("masked and infinite cells are refused: %d", async (absent) => {
    const current = initial.current.map((value, i) => (i === 7 ? absent : value));
    await expect(stepsOf({ initial: { ...initial, current } })).rejects.toThrow(
      /initial.current without masked cells, got 1 of 256 masked or infinite, the first of z500 at 73.8 S, 157.5 E/,
    );
  });

  test("a start in other units, or with a number that stands for none, is refused by the channel's name", async () => {
    const changed = (change: (value: number, i: number) => number) =>
      stepsOf({ initial: { ...initial, previous: initial.previous.map(change) } });
    // The second channel is a temperature: from 128 on.
    await expect(changed((value, i) => (i < 128 ? value : value - 273.15))).rejects.toThrow(
      /initial.previous of the model's climate, such as t850 at 73.8 S, 0.0 E from [\d.]+ to [\d.]+ K, got -[\d.]+; .* 128 of 256 values, of t850;/,
    );
    await expect(changed((value, i) => (i % 128 === 9 ? 1e20 : value))).rejects.toThrow(
      /such as z500 at .* m2 s-2, got 100000000000000000000; .* 2 of 256 values, of z500, t850;/,
    );
    // An outlier of weather is weather.
    expect(await changed((value, i) => (i === 60 ? value + 3000 : value))).toHaveLength(3);
  });
});

describe("an observed step", () => {
  test("has a likelihood, by scale, better than that of a step that did not follow", async () => {
    const seen = await model.score(initial, fieldOf(101));
    expect(seen.nats.length).toBe(3);
    expect(seen.nats.every((nats) => nats > 0)).toBe(true);
    const total = seen.nats.reduce((sum, nats) => sum + nats, 0);
    expect(seen.bitsPerValue).toBeCloseTo(total / Math.LN2 / SIZE, 10);
    const other = await model.score(initial, fieldOf(300));
    expect(other.bitsPerValue).toBeGreaterThan(seen.bitsPerValue + 0.5);
  });

  test("comes back from its codes but for the rounding", async () => {
    const truth = fieldOf(101);
    const { reconstruction } = await model.score(initial, truth);
    const errorOf = (field: Float32Array) =>
      Math.sqrt(field.subarray(0, 128).reduce((sum, value, i) => sum + (value - truth[i]!) ** 2, 0) / 128);
    expect(errorOf(reconstruction)).toBeLessThan(errorOf(initial.current) / 4);
  });
});

test("a closed model refuses, and an unknown one is not found", async () => {
  const other = await loadForecastModel(pathOf("whole"));
  await other.close();
  await expect(other.score(initial, fieldOf(101))).rejects.toThrow(/open model/);
  await expect(loadForecastModel("nowhere")).rejects.toThrow(/bundled model .* or the folder/);
});
