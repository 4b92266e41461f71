import { expect, test } from "vitest";
import { perfectEnsemble } from "../../src/simulator/perfect-ensemble.js";
import { simulate } from "../../src/simulator/simulate.js";

const short = (seed: number) => [...simulate({ seed, days: 1, hoursBetween: 12, spinUpDays: 0 })];

test("the same seed gives the same bits, another seed others", () => {
  const run = short(1);
  expect(run.map(({ hours }) => hours)).toEqual([0, 12, 24]);
  expect(run[2]!.fields).toHaveLength(3 * 32 * 64);
  expect(run[2]!.fields.every(Number.isFinite)).toBe(true);
  expect(short(1)).toEqual(run);
  expect(short(2)[2]!.fields).not.toEqual(run[2]!.fields);
});

test("a member is the same whatever their number", () => {
  const [, , from] = short(1);
  const forecast = (members: number) => [
    ...perfectEnsemble({ from: from!, seed: 1, members, size: 4, days: 0.5, hoursBetween: 12 }),
  ];
  const [one, two] = [forecast(1), forecast(2)];
  expect(two[1]!.leadHours).toBe(12);
  expect(two[1]!.fields.subarray(0, 6144)).toEqual(one[1]!.fields);
  expect(two[1]!.fields.subarray(6144)).not.toEqual(one[1]!.fields);
});

test("options outside their ranges are refused", () => {
  expect(() => simulate({ seed: 1, days: -1 })).toThrow(/0 days or more, got -1/);
  expect(() => simulate({ seed: 1, days: 1, hoursBetween: 0.5 })).toThrow(/hoursBetween/);
});
