import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine } from "@nextscale/engine/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunConfig, WeatherPreset } from "../../src/config/config.js";
import { runConfigSchema } from "../../src/config/config.js";
import { trainForecastModel } from "../../src/node/train-forecast-model.js";
import { fieldSize, type FieldSeries } from "../../src/training/field-series.js";
import { fitFoundations, type Foundations } from "../../src/training/foundations.js";
import { pushforwardOf } from "../../src/training/pushforward.js";
import { TINY, tinySeries } from "../support/tiny-series.js";

let series: FieldSeries;
let foundations: Foundations;
let home: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "nextscale-"));
  series = await tinySeries(1, 760);
  const engine = await openEngine();
  foundations = await fitFoundations(engine, TINY, series);
  await engine.close();
}, 60_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const configOf = (pushforward: number): RunConfig => ({
  model: foundations.config,
  training: { ...TINY.training, pushforward },
});
const of = (pushforward: number, own = series) =>
  pushforwardOf(configOf(pushforward), { series: own, states: foundations.states, seed: 1 });

test("its share of the items is chosen, of those that have a state before the two they start from", () => {
  const count = 400;
  const positions = Array.from({ length: count }, (_, i) => i + 1);
  const inputs = of(0.25)!.inputs({ first: 0, count }, positions);
  const chosen = Array.from(inputs["push/chosen"]!);
  const share = chosen.reduce((sum, value) => sum + value, 0) / count;
  expect(share).toBeGreaterThan(0.18);
  expect(share).toBeLessThan(0.32);
  // Everything, but for the first.
  const all = of(1)!.inputs({ first: 0, count }, positions)["push/chosen"]!;
  expect(Array.from(all.subarray(0, 3))).toEqual([0, 1, 1]);
  const size = fieldSize(series);
  const before = inputs["push/before"]!;
  expect(Array.from(before.subarray(7 * size, 8 * size))).toEqual(Array.from(foundations.states.subarray(6 * size, 7 * size))); // prettier-ignore
});

test("an item after a gap starts from what was observed", () => {
  const times = series.times.map((time, i) => (i < 10 ? time : time + 30 * 24 * 3_600_000));
  const inputs = of(1, { ...series, times })!.inputs({ first: 0, count: 3 }, [9, 11, 12]);
  expect(Array.from(inputs["push/chosen"]!)).toEqual([1, 0, 1]);
});

test("a step from a forecast is harder to learn than one from what was observed", { timeout: 60_000 }, async () => {
  const lossOf = async (pushforward: number) => {
    const losses: number[] = [];
    const preset: WeatherPreset = { ...TINY, training: { ...TINY.training, steps: 20, pushforward } };
    const onProgress = ({ losses: { loss } }: { readonly losses: Readonly<Record<string, number>> }) =>
      losses.push(loss!);
    await trainForecastModel({ preset, series, out: join(home, `${pushforward}`), seed: 1, onProgress });
    return losses.at(-1)!;
  };
  expect(await lossOf(1)).toBeGreaterThan((await lossOf(0)) + 0.01);
});

test("there is none for a share of 0, and diffusion is refused it", () => {
  expect(of(0)).toBeUndefined();
  const { model, training } = configOf(0.25);
  const rest = Object.fromEntries(Object.entries(training).filter(([name]) => name !== "corruption"));
  const pyramid = { ...model.pyramid, factors: [], baseSide: 2 };
  const head = { kind: "diffusion", levels: 3, churn: { amount: 0, above: 0 } };
  const diffusion = { model: { ...model, pyramid, head, sharpness: [1] }, training: rest };
  expect(runConfigSchema.safeParse(diffusion).error?.issues[0]?.message).toMatch(/expected 0 for diffusion/);
  expect(runConfigSchema.safeParse({ ...diffusion, training: { ...rest, pushforward: 0 } }).success).toBe(true);
});
