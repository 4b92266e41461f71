import { expect, test } from "vitest";
import { perfectEnsemble } from "../../src/simulator/perfect-ensemble.js";
import { simulate, type SimulateOptions } from "../../src/simulator/simulate.js";

const short = (seed: number) => [...simulate({ seed, days: 1, hoursBetween: 12, spinUpDays: 0 })];

test("the same seed gives the same bits, another seed others", () => {
  const run = short(1);
  expect(run.map(({ hours }) => hours)).toEqual([0, 12, 24]);
  expect(run.map(({ day }) => day)).toEqual([0, 0.5, 1]);
  expect(run[2]!.fields).toHaveLength(3 * 32 * 64);
  expect(run[2]!.fields.every(Number.isFinite)).toBe(true);
  expect(short(1)).toEqual(run);
  expect(short(2)[2]!.fields).not.toEqual(run[2]!.fields);
});

test("a snapshot does not depend on how many are written, nor on how the length is told", () => {
  const last = (options: Partial<SimulateOptions>) =>
    [...simulate({ seed: 1, spinUpDays: 0, days: 1, ...options })].at(-1);
  expect(last({ hoursBetween: 3 })).toEqual(last({ hoursBetween: 24 }));
  const year = simulate({ seed: 1, spinUpDays: 0, years: 1 / 365.2425, hoursBetween: 24 });
  expect([...year].at(-1)).toEqual(last({}));
});

test("an endless run costs what is taken of it, and ends when it is told to", () => {
  const run = simulate({ seed: 1, years: 1e9, hoursBetween: 1, spinUpDays: 0 });
  expect(run.next().value?.hours).toBe(0);
  const { state, fields } = run.next().value!;
  const copies = [state.slice(), fields.slice()];
  run.next();
  // What was yielded is the caller's: the run does not write to it.
  expect([state, fields]).toEqual(copies);
  expect(run.return().done).toBe(true);
  expect(run.next()).toEqual({ done: true, value: undefined });
});

test("a member is the same whatever their number", () => {
  const [, , from] = short(1);
  const forecast = (members: number) => [
    ...perfectEnsemble({ from: from!, seed: 1, members, size: 4, days: 0.5, hoursBetween: 12 }),
  ];
  const [one, two] = [forecast(1), forecast(2)];
  expect(two.map(({ leadHours }) => leadHours)).toEqual([0, 12]);
  expect(two[1]!.fields.subarray(0, 6144)).toEqual(one[1]!.fields);
  expect(two[1]!.fields.subarray(6144)).not.toEqual(one[1]!.fields);
});

const STILL = { state: new Float64Array(3 * 2 * 253), day: 0 };
const ENSEMBLE = { from: STILL, seed: 1, members: 2, size: 4, days: 1 };

test.each([
  ["a negative length", () => simulate({ seed: 1, days: -1 }), /0 days or more, got -1/],
  ["a length that is no number", () => simulate({ seed: 1, years: NaN }), /0 days or more, got NaN/],
  ["half an hour", () => simulate({ seed: 1, days: 1, hoursBetween: 0.5 }), /hoursBetween to be a positive integer/],
  ["half a day of spin-up", () => simulate({ seed: 1, days: 1, spinUpDays: 0.5 }), /spinUpDays to be an integer/],
  ["a fractional seed", () => simulate({ seed: 0.5, days: 1 }), /seed/],
  [
    "a parameter",
    () => simulate({ seed: 1, days: 1, parameters: { seasonality: 2 } }),
    /seasonality from 0 to 1, got 2/,
  ],
  ["no members", () => perfectEnsemble({ ...ENSEMBLE, members: 0 }), /members to be a positive integer, got 0/],
  ["negative noise", () => perfectEnsemble({ ...ENSEMBLE, size: -1 }), /size of 0 m2\/s2 or more, got -1/],
  ["a negative forecast", () => perfectEnsemble({ ...ENSEMBLE, days: -1 }), /0 days or more, got -1/],
  ["a state of no day", () => perfectEnsemble({ ...ENSEMBLE, from: { ...STILL, day: NaN } }), /finite day, got NaN/],
])("%s is refused when called", (_name, call, message) => {
  expect(call).toThrow(
    expect.objectContaining({ code: "invalid-argument", message: expect.stringMatching(message) as string }),
  );
});

test("a state of another length is refused", () => {
  const from = { state: new Float64Array(3), day: 0 };
  expect(() => perfectEnsemble({ ...ENSEMBLE, from })).toThrow(expect.objectContaining({ code: "shape" }));
});

test("a run whose wind grows without bound ends with an error, not with fields of NaN", () => {
  const run = simulate({ seed: 1, days: 20, spinUpDays: 0, hoursBetween: 24, parameters: { shears: [1000, 800] } });
  expect(() => {
    for (const { fields } of run) expect(fields.every(Number.isFinite)).toBe(true);
  }).toThrow(/not finite by day \d+; weaken the equilibrium shears/);
});
