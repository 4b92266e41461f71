import { normals, randomStream } from "@nextscale/refinement-core";
import { expect, test } from "vitest";
import { channelAccumulator } from "../../src/ingest/channel-statistics.js";
import { selectTimes } from "../../src/ingest/select-times.js";

test("statistics of streamed fields are those of all numbers at once, also of small changes of large numbers", () => {
  const weights = Float64Array.of(1, 2, 3, 0.5);
  const noise = normals(randomStream(3, "statistics"), { draws: 400 });
  const fields = Array.from({ length: 100 }, (_, t) =>
    Float32Array.from({ length: 4 }, (_, i) => (t % 9 === i ? NaN : 1e5 + i + noise[4 * t + i]!)),
  );
  const accumulator = channelAccumulator(weights);
  for (const one of fields) accumulator.add(one);
  const { mean, standardDeviation, differenceStandardDeviation, missing } = accumulator.statistics();

  const moments = (samples: readonly (readonly [value: number, weight: number])[]) => {
    const valid = samples.filter(([value]) => !Number.isNaN(value));
    const total = valid.reduce((sum, [, weight]) => sum + weight, 0);
    const average = valid.reduce((sum, [value, weight]) => sum + value * weight, 0) / total;
    const variance = valid.reduce((sum, [value, weight]) => sum + weight * (value - average) ** 2, 0) / total;
    return { average, deviation: Math.sqrt(variance), total };
  };
  const values = moments(fields.flatMap((one) => Array.from(one, (value, i) => [value, weights[i]!] as const)));
  const changes = fields
    .slice(1)
    .flatMap((one, t) => Array.from(one, (value, i) => [value - fields[t]![i]!, weights[i]!] as const));
  expect(mean).toBeCloseTo(values.average, 8);
  expect(standardDeviation / values.deviation).toBeCloseTo(1, 10);
  expect(differenceStandardDeviation / moments(changes).deviation).toBeCloseTo(1, 10);
  expect(missing).toBeCloseTo(1 - values.total / 650, 12);
  expect(channelAccumulator(weights).statistics().mean).toBeNaN();
});

const hour = 36e5;
const every = (hours: number, count: number, from = Date.UTC(2019, 11, 31)) =>
  Float64Array.from({ length: count }, (_, i) => from + i * hours * hour);

test("times of whole years at a step, as far as there are data", () => {
  const times = every(6, 12);
  expect(Array.from(selectTimes(times, { years: [2020, 2020], stepHours: 12 }))).toEqual([4, 6, 8, 10]);
  expect(Array.from(selectTimes(times, { years: [2019, 2021], stepHours: 24 }))).toEqual([0, 4, 8]);
});

test("gaps, other years and steps are named", () => {
  const times = every(6, 12);
  const select =
    (years: readonly [number, number], stepHours: number, of = times) =>
    () =>
      selectTimes(of, { years, stepHours });
  expect(select([2020, 2020], 3)).toThrow(/every 3 hours.*none at 2020-01-01T03/);
  expect(
    select(
      [2020, 2020],
      12,
      times.filter((_, i) => i !== 6),
    ),
  ).toThrow(/none at 2020-01-01T12/);
  expect(select([2021, 2021], 6)).toThrow(/from 2019-12-31T00.* to 2020-01-02T18/);
  expect(select([2020, 2019], 6)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  expect(select([2020, 2020], 0)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  expect(select([2020, 2020], 6, times.toReversed())).toThrow(expect.objectContaining({ code: "invalid-data" }));
  expect(select([2020, 2020], 6, new Float64Array())).toThrow(/no times/);
});
