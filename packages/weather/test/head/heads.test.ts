import "@tensorflow/tfjs-backend-cpu";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine } from "@nextscale/engine/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WeatherPreset } from "../../src/config/config.js";
import type { HeadPreset } from "../../src/config/head-config.js";
import { channelsFirst } from "../../src/model/channel-order.js";
import type { ForecastModel, ForecastRequest, InitialState } from "../../src/model/forecast-model.js";
import { createForecastModel } from "../../src/model/create-forecast-model.js";
import { withUntrainedHead } from "../../src/model/with-head.js";
import { loadForecastModel, readForecastModel } from "../../src/node/load-forecast-model.js";
import { trainForecastModel } from "../../src/node/train-forecast-model.js";
import type { FieldSeries } from "../../src/training/field-series.js";
import { TINY, tinySeries } from "../support/tiny-series.js";

const SIZE = 2 * 8 * 16;
const single: WeatherPreset["model"]["pyramid"] = { factors: [], baseSide: 2, expansion: "bilinear" };
const training = { ...TINY.training };
delete training.corruption;

/** The encoder's, those of a base of 2 x 4 tokens in ever denser passes, and one for each of two finer scales. */
const NESTED_PASSES = 1 + 4 + 2;
/** The encoder's, and those of the scales. */
const MIDDLE_PASSES = 1 + 1 + 4 + 2;

/** Heads, and passes through the network of a step of each. */
const HEADS: readonly (readonly [string, WeatherPreset, number])[] = [
  ["gaussian", { model: { ...TINY.model, head: { kind: "gaussian", step: 0.5 } }, training }, 4],
  [
    "categorical of a single scale",
    {
      model: {
        ...TINY.model,
        pyramid: single,
        head: { kind: "categorical", quantiser: { kind: "transform", step: 0.5 }, passes: 1 },
      },
      training,
    },
    2,
  ],
  [
    "categorical of residual vectors",
    {
      ...TINY,
      model: {
        ...TINY.model,
        head: { kind: "categorical", quantiser: { kind: "vector", vocabulary: 16, stages: [1, 2, 2] }, passes: 1 },
      },
    },
    4,
  ],
  [
    // 2 x 4 tokens at the base: one, then one more, two, and the rest.
    "categorical with a nested base",
    { ...TINY, model: { ...TINY.model, head: { ...TINY.model.head, passes: ["nested", 1, 1] } as HeadPreset } },
    NESTED_PASSES,
  ],
  [
    "categorical with several passes over coarser scales",
    { ...TINY, model: { ...TINY.model, head: { ...TINY.model.head, passes: [1, 4, 2] } as HeadPreset } },
    MIDDLE_PASSES,
  ],
  [
    "diffusion",
    {
      model: {
        ...TINY.model,
        pyramid: single,
        head: { kind: "diffusion", levels: 3, churn: { amount: 1, above: 0.5 } },
      },
      training,
    },
    10,
  ],
  ["one-pass", { model: { ...TINY.model, pyramid: single, head: { kind: "one-pass", noise: 8 } }, training }, 2],
];

let home: string;
let series: FieldSeries;
let initial: InitialState;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "nextscale-"));
  series = await tinySeries(1, 760);
  const fieldOf = (i: number) => channelsFirst(series.fields.slice(i * SIZE, (i + 1) * SIZE), 2);
  initial = { time: series.times[100]!, previous: fieldOf(99), current: fieldOf(100) };
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe.each(HEADS)("%s", (name, preset, evaluations) => {
  let model: ForecastModel;
  const losses: number[] = [];
  beforeAll(async () => {
    // Every noise level has its own difficulty, which hides what diffusion learns for longer.
    const steps = preset.model.head.kind === "diffusion" ? 120 : 40;
    const longer = { ...preset, training: { ...preset.training, steps, batchSize: 8, learningRate: 0.03 } };
    const out = join(home, name);
    const onProgress = ({ losses: { loss } }: { readonly losses: Readonly<Record<string, number>> }) =>
      losses.push(loss!);
    await trainForecastModel({ preset: longer, series, out, seed: 1, onProgress });
    model = await loadForecastModel(out);
  }, 60_000);
  afterAll(() => model.close());

  async function lastStep(request: Partial<ForecastRequest> = {}): Promise<Float32Array> {
    let last: Float32Array | undefined;
    for await (const { fields } of model.forecast({ initial, steps: 2, members: 4, seed: 5, ...request }))
      last = fields;
    return last!;
  }

  test("learns", () => {
    expect(losses.length).toBeGreaterThan(1);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
  });

  test("makes members that differ, and that are the same alone and among others", async () => {
    const all = await lastStep();
    expect(all.every(Number.isFinite)).toBe(true);
    expect(all.slice(0, SIZE)).not.toEqual(all.slice(SIZE, 2 * SIZE));
    // Codes hide how a product of another size is rounded; numbers that are not rounded to levels do not.
    const [alone, among] = [await lastStep({ members: 1, firstMember: 2 }), all.slice(2 * SIZE, 3 * SIZE)];
    alone.forEach((value, at) => expect(Math.abs(value / among[at]! - 1)).toBeLessThan(1e-5));
    expect(await lastStep({ seed: 6 })).not.toEqual(all);
  });

  test("says how often the network is asked", () => {
    expect(model.networkEvaluations).toBe(evaluations);
  });

  test("spreads less when it is sharper", async () => {
    const members = 8;
    /** Root mean square over the cells of the first channel. */
    const spread = (fields: Float32Array) => {
      const variances = Array.from({ length: SIZE / 2 }, (_, cell) => {
        const values = Array.from({ length: members }, (__, m) => fields[m * SIZE + cell]!);
        const mean = values.reduce((sum, value) => sum + value, 0) / members;
        return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (members - 1);
      });
      return Math.sqrt(variances.reduce((sum, value) => sum + value, 0) / variances.length);
    };
    const narrow = await lastStep({ members, steps: 1, sharpness: 0.1 });
    const own = await lastStep({ members, steps: 1 });
    expect(spread(narrow)).toBeLessThan(spread(own));
  });

  test("has a likelihood if it has codes", async () => {
    const next = channelsFirst(series.fields.slice(101 * SIZE, 102 * SIZE), 2);
    const scored = model.score(initial, next);
    if (model.config.head.kind === "categorical") {
      const other = channelsFirst(series.fields.slice(300 * SIZE, 301 * SIZE), 2);
      // What did not follow is less likely.
      expect((await scored).bitsPerValue).toBeLessThan((await model.score(initial, other)).bitsPerValue);
    } else await expect(scored).rejects.toThrow(/categorical head.* got a head of kind/s);
  });
});

test.each(["diffusion", "one-pass"])("%s can be put on the network of another model, untrained", async (name) => {
  const content = await readForecastModel(join(home, "gaussian"));
  const { head, pyramid } = (await readForecastModel(join(home, name))).config;
  const engine = await openEngine();
  const other = createForecastModel(withUntrainedHead(content, { head, pyramid }), { engine, ownsEngine: true });
  expect(other.networkEvaluations).toBe(HEADS.find(([own]) => own === name)![2]);
  for await (const { fields } of other.forecast({ initial, steps: 1, members: 2 })) {
    expect(fields.every(Number.isFinite)).toBe(true);
  }
  await other.close();
});
