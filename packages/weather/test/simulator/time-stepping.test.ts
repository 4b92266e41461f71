import { expect, test } from "vitest";
import { perturbState } from "../../src/simulator/perfect-ensemble.js";
import { quasiGeostrophicModel } from "../../src/simulator/quasi-geostrophic.js";
import { adamsBashforth, rungeKuttaStep } from "../../src/simulator/time-stepping.js";
import { relative } from "./fields.fixture.js";

const model = quasiGeostrophicModel();
const start = perturbState(model, new Float64Array(model.size), { seed: 1, member: 0, size: 1000 });

function rungeKutta(days: number, stepsPerDay: number): Float64Array {
  const state = start.slice();
  for (let step = 0; step < days * stepsPerDay; step++) {
    rungeKuttaStep(model, state, step / stepsPerDay, 1 / stepsPerDay);
  }
  return state;
}

function adams(days: number, stepsPerDay: number): Float64Array {
  const run = adamsBashforth(model, start, 0, stepsPerDay);
  for (let step = 0; step < days * stepsPerDay; step++) run.advance();
  expect(run.day()).toBe(days);
  return run.state;
}

test("half the step, a 16th of the error with Runge and Kutta, an 8th with Adams and Bashforth", () => {
  const exact = rungeKutta(0.25, 384);
  const errors = (scheme: typeof adams) => [48, 96].map((stepsPerDay) => relative(scheme(0.25, stepsPerDay), exact));
  const [rungeKutta48, rungeKutta96] = errors(rungeKutta) as [number, number];
  const [adams48, adams96] = errors(adams) as [number, number];
  expect(Math.log2(rungeKutta48 / rungeKutta96)).toBeCloseTo(4, 0);
  expect(Math.log2(adams48 / adams96)).toBeCloseTo(3, 0);
  // One tendency a step instead of four, and still far from what matters.
  expect(adams48).toBeLessThan(1e-4);
  expect(rungeKutta48).toBeLessThan(adams48 / 50);
});
