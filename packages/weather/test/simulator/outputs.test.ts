import { expect, test } from "vitest";
import { balancedGeopotential, outputFields, outputWinds } from "../../src/simulator/outputs.js";
import { perturbState } from "../../src/simulator/perfect-ensemble.js";
import { quasiGeostrophicModel } from "../../src/simulator/quasi-geostrophic.js";
import { furthest, randomCoefficients } from "./fields.fixture.js";

const model = quasiGeostrophicModel();
const { harmonics, parameters } = model;
const points = 32 * 64;
const sineAt = (i: number): number => harmonics.sines[Math.floor((i % points) / 64)]!;

/** A state with winds U cos(latitude) from the west at the three levels, m/s. */
function rotatingState(winds: readonly number[]): Float64Array {
  const psi = winds.map((wind) =>
    harmonics.analyse(Float64Array.from({ length: points }, (_, i) => -wind * parameters.radius * sineAt(i))),
  );
  return model.potentialVorticity(Float64Array.from(psi.flatMap((level) => Array.from(level))));
}

test("the Laplacian of the balanced geopotential is div(f grad psi)", () => {
  // Below the truncation, so that nothing is dropped.
  const psi = randomCoefficients(harmonics).map((value, i) => (harmonics.degrees[i >> 1]! < 21 ? value : 0));
  const field = (coefficients: Float64Array) => harmonics.synthesise(coefficients);
  const sides = {
    geopotential: field(harmonics.laplacian(balancedGeopotential(harmonics, psi, 1))),
    vorticity: field(harmonics.laplacian(psi)),
    slope: harmonics.gradient(psi).northward,
  };
  const expected = sides.vorticity.map((value, i) => 2 * sineAt(i) * value + 2 * sides.slope[i]!);
  expect(furthest(sides.geopotential, expected)).toBeLessThan(1e-10);
  expect(furthest(sides.geopotential, sides.vorticity)).toBeGreaterThan(1);
});

test("solid-body rotation: its winds, its height, and the temperatures that its shear is in balance with", () => {
  const [top, middle, bottom] = [30, 20, 15];
  const state = rotatingState([top, middle, bottom]);
  const { u, v } = outputWinds(model, state);
  const cosine = (i: number) => Math.sqrt(1 - sineAt(i) ** 2);
  expect(
    furthest(
      u,
      u.map((_, i) => [top, middle, bottom][Math.floor(i / points)]! * cosine(i)),
    ),
  ).toBeLessThan(1e-4);
  expect(furthest(v, new Float32Array(v.length))).toBeLessThan(1e-6);

  // Phi = -rotation U radius (sin^2(latitude) - 1/3), without a mean.
  const height = (wind: number, i: number) =>
    -parameters.rotation * wind * parameters.radius * (sineAt(i) ** 2 - 1 / 3);
  const fields = outputFields(model, state);
  const channel = (index: number) => fields.subarray(index * points, (index + 1) * points);
  const expected = (scale: (i: number) => number) => Float32Array.from({ length: points }, (_, i) => scale(i));
  expect(
    furthest(
      channel(0),
      expected((i) => 54_500 + height(middle, i)),
    ),
  ).toBeLessThan(0.01);
  const kelvins = (wind: number, below: number, above: number) => (i: number) =>
    height(wind, i) / (287.05 * Math.log(below / above));
  expect(
    furthest(
      channel(1),
      expected((i) => 235.4 + kelvins(top - middle, 500, 200)(i)),
    ),
  ).toBeLessThan(1e-4);
  expect(
    furthest(
      channel(2),
      expected((i) => 264.8 + kelvins(middle - bottom, 800, 500)(i)),
    ),
  ).toBeLessThan(1e-4);
});

test("noise of 4 m2/s2 has that standard deviation in z500, over members", () => {
  const squares = Array.from({ length: 200 }, (_, member) => {
    const psi = model.streamFunction(perturbState(model, new Float64Array(model.size), { seed: 1, member, size: 4 }));
    const z500 = balancedGeopotential(
      harmonics,
      psi.subarray(model.size / 3, (2 * model.size) / 3),
      parameters.rotation,
    );
    return harmonics.innerProduct(z500, z500);
  });
  const mean = squares.reduce((sum, square) => sum + square, 0) / squares.length;
  expect(Math.sqrt(mean)).toBeGreaterThan(3.85);
  expect(Math.sqrt(mean)).toBeLessThan(4.15);
});
