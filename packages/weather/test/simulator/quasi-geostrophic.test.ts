import { expect, test } from "vitest";
import { energy, potentialEnstrophy } from "../../src/simulator/diagnostics.js";
import { perturbState } from "../../src/simulator/perfect-ensemble.js";
import { quasiGeostrophicModel, type QuasiGeostrophicModel } from "../../src/simulator/quasi-geostrophic.js";
import { rungeKuttaStep } from "../../src/simulator/time-stepping.js";
import { furthest, randomCoefficients, relative } from "./fields.fixture.js";

const INVISCID = { thermalTime: Infinity, dragTime: Infinity, diffusionTime: Infinity };

/** Stream functions of independent noise without a mean, m2/s. */
function noise({ size, harmonics }: QuasiGeostrophicModel): Float64Array {
  const psi = new Float64Array(size);
  for (let level = 0; level < 3; level++) {
    psi.set(
      randomCoefficients(harmonics, level).map((value, i) => (i < 2 ? 0 : 1e6 * value)),
      (level * size) / 3,
    );
  }
  return psi;
}

/** Stream functions of winds U cos(latitude) from the west at the three levels, m2/s. */
function rotating({ size, harmonics, parameters }: QuasiGeostrophicModel, winds: readonly number[]): Float64Array {
  const psi = new Float64Array(size);
  // psi = -U radius sin(latitude), and the harmonic (1, 0) is sqrt(3) sin(latitude).
  const at = 2 * harmonics.index(1, 0);
  winds.forEach((wind, level) => (psi[(level * size) / 3 + at] = (-wind * parameters.radius) / Math.sqrt(3)));
  return psi;
}

test("stream functions of their potential vorticity are the same again", () => {
  const model = quasiGeostrophicModel();
  const psi = noise(model);
  expect(relative(model.streamFunction(model.potentialVorticity(psi)), psi)).toBeLessThan(1e-12);
});

test("solid-body rotation is steady, at its own speed at each level", () => {
  const change = (model: QuasiGeostrophicModel): number => {
    const state = model.potentialVorticity(rotating(model, [30, 20, 10]));
    return 86400 * furthest(model.tendency(state, 0), new Float64Array(model.size));
  };
  // Potential vorticity is of the order of 1e-4 1/s; this is its change in a day.
  expect(change(quasiGeostrophicModel({ ...INVISCID, mountains: [] }))).toBeLessThan(1e-17);
  // Control: not over mountains.
  expect(change(quasiGeostrophicModel(INVISCID))).toBeGreaterThan(1e-7);
});

test("without forcing and friction energy and potential enstrophy stay; with friction they do not", () => {
  const change = (model: QuasiGeostrophicModel, diagnostic: typeof energy): number => {
    const state = model.potentialVorticity(noise(model));
    const slope = model.tendency(state, 0);
    const step = (1e-3 * Math.hypot(...state)) / Math.hypot(...slope);
    // A central difference of a quadratic is its exact derivative.
    const moved = (sign: number) =>
      diagnostic(
        model,
        state.map((value, i) => value + sign * step * slope[i]!),
      );
    return Math.abs(moved(1) - moved(-1)) / diagnostic(model, state);
  };
  for (const diagnostic of [energy, potentialEnstrophy]) {
    expect(change(quasiGeostrophicModel(INVISCID), diagnostic)).toBeLessThan(1e-11);
    expect(change(quasiGeostrophicModel({ ...INVISCID, diffusionTime: 1 }), diagnostic)).toBeGreaterThan(1e-6);
  }
});

test("over two days they drift by the error of the time steps alone, which is of order 5", () => {
  const model = quasiGeostrophicModel(INVISCID);
  const start = perturbState(model, new Float64Array(model.size), { seed: 1, member: 0, size: 1000 });
  const [long, short] = [24, 48].map((stepsPerDay) => {
    const state = start.slice();
    for (let step = 0; step < 2 * stepsPerDay; step++) {
      rungeKuttaStep(model, state, step / stepsPerDay, 1 / stepsPerDay);
    }
    return state;
  }) as [Float64Array, Float64Array];
  for (const diagnostic of [energy, potentialEnstrophy]) {
    const drift = (state: Float64Array) => Math.abs(diagnostic(model, state) / diagnostic(model, start) - 1);
    expect(drift(short)).toBeLessThan(1e-7);
    expect(drift(long) / drift(short)).toBeGreaterThan(16);
    expect(drift(long) / drift(short)).toBeLessThan(40);
  }
});

test("a Rossby-Haurwitz wave of wavenumber 4 turns by 0.0266667 and keeps its amplitude", () => {
  // The unit sphere that turns once in 2 pi, levels uncoupled: a day of the model is 86400 of its units of time.
  const unit = { radius: 1, rotation: 1, deformationRadii: [Infinity, Infinity] as const, mountains: [] };
  const model = quasiGeostrophicModel({ ...INVISCID, ...unit });
  const { harmonics } = model;
  const field = Float64Array.from({ length: 32 * 64 }, (_, i) => {
    const sine = harmonics.sines[Math.floor(i / 64)]!;
    return 0.1 * sine * ((1 - sine ** 2) ** 2 * Math.cos((8 * Math.PI * (i % 64)) / 64) - 1);
  });
  const psi = new Float64Array(model.size);
  psi.set(harmonics.analyse(field));
  const state = model.potentialVorticity(psi);
  const duration = 4 * Math.PI;
  for (let step = 0; step < 96; step++) rungeKuttaStep(model, state, 0, duration / 96 / 86400);
  const at = 2 * harmonics.index(5, 4);
  const after = model.streamFunction(state);
  // [R (3 + R) w - 2] / [(1 + R) (2 + R)] with R = 4 and w = 0.1 (Haurwitz 1940, J. Mar. Res. 3).
  const speed = -Math.atan2(after[at + 1]!, after[at]!) / 4 / duration;
  expect(speed).toBeCloseTo(0.8 / 30, 8);
  expect(Math.hypot(after[at]!, after[at + 1]!)).toBeCloseTo(psi[at]!, 10);
});

test("a perturbation is the member's own", () => {
  const model = quasiGeostrophicModel();
  const still = new Float64Array(model.size);
  const drawn = (member: number) => perturbState(model, still, { seed: 1, member, size: 4 });
  expect(drawn(0)).toEqual(drawn(0));
  expect(drawn(0)).not.toEqual(drawn(1));
});

test("a negative time scale is refused", () => {
  expect(() => quasiGeostrophicModel({ dragTime: -1 })).toThrow(/dragTime positive, got -1/);
});
