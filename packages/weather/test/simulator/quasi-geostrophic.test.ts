import { expect, test } from "vitest";
import { normals, randomStream } from "@nextscale/refinement-core";
import { energy, potentialEnstrophy } from "../../src/simulator/diagnostics.js";
import { quasiGeostrophicModel, type QuasiGeostrophicModel } from "../../src/simulator/quasi-geostrophic.js";
import { rungeKuttaStep } from "../../src/simulator/time-stepping.js";
import { perturbState } from "../../src/simulator/perfect-ensemble.js";

const INVISCID = { thermalTime: Infinity, dragTime: Infinity, diffusionTime: Infinity };

/** Stream functions of independent noise, m2/s. */
function noise({ size, harmonics }: QuasiGeostrophicModel): Float64Array {
  const draws = normals(randomStream(3, "test"), { draws: size });
  return Float64Array.from(draws, (value, i) => {
    const at = (i >> 1) % harmonics.count;
    return at === 0 || (i % 2 === 1 && harmonics.orders[at] === 0) ? 0 : 1e6 * value;
  });
}

test("stream functions of their potential vorticity are the same again", () => {
  const model = quasiGeostrophicModel();
  const psi = noise(model);
  model.streamFunction(model.potentialVorticity(psi)).forEach((value, i) => {
    expect(Math.abs(value - psi[i]!)).toBeLessThan(1e-5);
  });
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

test("a Rossby-Haurwitz wave of wavenumber 4 turns by 0.0266667", () => {
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
  const speed = -Math.atan2(after[at + 1]!, after[at]!) / 4 / duration;
  expect(speed).toBeCloseTo(0.8 / 30, 8);
  expect(Math.hypot(after[at]!, after[at + 1]!)).toBeCloseTo(psi[at]!, 8);
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
