import fc from "fast-check";
import { expect, test } from "vitest";
import {
  constantSchedule,
  cosineSchedule,
  flatThenLinearSchedule,
  linearSchedule,
  withWarmUp,
} from "../../src/training/schedules.js";

test("each decay starts at its peak, ends at its last value on the last step, stays there and never rises", () => {
  const decay = fc.record({
    peak: fc.double({ min: 1e-3, max: 1, noNaN: true }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    steps: fc.integer({ min: 2, max: 300 }),
  });
  fc.assert(
    fc.property(
      decay,
      fc.constantFrom(cosineSchedule, linearSchedule, flatThenLinearSchedule),
      ({ peak, share, steps }, make) => {
        const last = peak * share;
        const schedule = make({ peak, last, steps });
        expect(schedule(0)).toBeCloseTo(peak, 12);
        expect(schedule(steps - 1)).toBeCloseTo(last, 12);
        expect(schedule(steps + 10)).toBeCloseTo(last, 12);
        for (let step = 1; step < steps; step++) expect(schedule(step)).toBeLessThanOrEqual(schedule(step - 1) + 1e-12);
      },
    ),
  );
});

test("known values half-way: cosine and line in the middle, flat part at the peak", () => {
  expect(cosineSchedule({ peak: 1, last: 0, steps: 101 })(25)).toBeCloseTo(0.5 + 0.5 * Math.SQRT1_2, 12);
  expect(linearSchedule({ peak: 1, last: 0.5, steps: 101 })(50)).toBeCloseTo(0.75, 12);
  const lin0 = flatThenLinearSchedule({ peak: 1, last: 0.1, steps: 1001 });
  expect(lin0(50)).toBe(1);
  // VAR's lin0: wpe + (1 − wpe)·rest/0.95 with rest = 1 − progress.
  expect(lin0(525)).toBeCloseTo(0.1 + (0.9 * 0.475) / 0.95, 12);
});

test("a warm-up rises in a line from its share to the schedule, which then starts from its own step 0", () => {
  const schedule = withWarmUp(cosineSchedule({ peak: 2, last: 0, steps: 11 }), { steps: 10, from: 0.1 });
  expect(schedule(0)).toBeCloseTo(0.2, 12);
  expect(schedule(5)).toBeCloseTo(0.2 + 1.8 / 2, 12);
  expect(schedule(10)).toBe(2);
  expect(schedule(20)).toBeCloseTo(0, 12);
  expect(withWarmUp(constantSchedule(3), { steps: 0 })(0)).toBe(3);
  expect(withWarmUp(constantSchedule(1), { steps: 100 })(0)).toBe(0.005);
});

test("one step is allowed and is the last; none is not", () => {
  expect(cosineSchedule({ peak: 1, last: 0.5, steps: 1 })(0)).toBe(0.5);
  expect(() => cosineSchedule({ peak: 1, last: 0, steps: 0 })).toThrow("at least one step");
  expect(() => flatThenLinearSchedule({ peak: 1, last: 0, steps: 5, flat: 1 })).toThrow("flat share");
  expect(() => withWarmUp(constantSchedule(1), { steps: NaN })).toThrow("warm-up");
});
