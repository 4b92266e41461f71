import { readFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { normals, randomStream } from "@nextscale/refinement-core";
import { equiangularGrid, equiangularGridWithPoles, gaussianGrid, regionalGrid } from "../../src/grid/grid.js";
import { sphericalHarmonics, type SphericalHarmonics } from "../../src/simulator/spherical-harmonics.js";

const RADIUS_OF_WINDSPHARM = 6.3712e6;

/** Normals, with the imaginary parts of order 0 at 0, as a real field has them. */
function randomCoefficients({ count, orders }: SphericalHarmonics, seed = 1): Float64Array {
  const draws = normals(randomStream(seed, "test"), { draws: 2 * count });
  return Float64Array.from(draws, (value, i) => (i % 2 === 1 && orders[i >> 1] === 0 ? 0 : value));
}

const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

describe.each([
  ["Gaussian 32 x 64, T21", gaussianGrid(32, 64), 21],
  ["Gaussian with a row on the equator", gaussianGrid(33, 48), 20],
  ["equiangular", equiangularGrid(32, 64), 15],
  ["with poles", equiangularGridWithPoles(45, 64), 22],
])("%s", (_name, grid, truncation) => {
  const harmonics = sphericalHarmonics(grid, truncation);
  const coefficients = randomCoefficients(harmonics);

  test("a round trip gives the coefficients back", () => {
    const back = harmonics.analyse(harmonics.synthesise(coefficients));
    expect(furthest(back, coefficients)).toBeLessThan(1e-12);
    // Control: another field's coefficients are not these.
    expect(furthest(harmonics.analyse(harmonics.synthesise(randomCoefficients(harmonics, 2))), back)).toBeGreaterThan(
      1,
    );
  });

  test("Parseval: the spectrum sums to the mean square over the sphere", () => {
    const total = harmonics.powerSpectrum(coefficients).reduce((sum, power) => sum + power, 0);
    expect(harmonics.innerProduct(coefficients, coefficients)).toBeCloseTo(total, 9);
    const squares = harmonics.synthesise(coefficients).map((value) => value ** 2);
    expect(harmonics.analyse(squares)[0]).toBeCloseTo(total, 9);
  });
});

test("the divergence of a gradient is the Laplacian, and its curl is 0", () => {
  const harmonics = sphericalHarmonics(gaussianGrid(32, 64), 21);
  const coefficients = randomCoefficients(harmonics);
  const { eastward, northward } = harmonics.gradient(coefficients);
  const perCosine = (value: number, i: number): number =>
    value / Math.sqrt(1 - harmonics.sines[Math.floor(i / 64)]! ** 2);
  const { curl, divergence } = harmonics.curlAndDivergence(eastward.map(perCosine), northward.map(perCosine));
  const laplacian = harmonics.laplacian(coefficients);
  expect(furthest(divergence, laplacian)).toBeLessThan(1e-9);
  expect(furthest(curl, new Float64Array(curl.length))).toBeLessThan(1e-9);
  coefficients[0] = 0;
  expect(furthest(harmonics.inverseLaplacian(laplacian), coefficients)).toBeLessThan(1e-12);
  const along = harmonics.synthesise(harmonics.alongLongitude(coefficients));
  expect(furthest(along, eastward)).toBeLessThan(1e-11);
});

test("windspharm's vorticity and stream function of a real wind", ({ skip }) => {
  const data = process.env["NEXTSCALE_DATA"] ?? "";
  const folder = join(data, "weather/windspharm-reference/gaussian");
  if (data === "" || !existsSync(folder)) return skip("needs weather/windspharm-reference");
  const harmonics = sphericalHarmonics(gaussianGrid(72, 144), 71);
  const [u, v] = [southFirst(folder, "uwnd"), southFirst(folder, "vwnd")];
  const { curl } = harmonics.curlAndDivergence(u, v);
  const vorticity = harmonics.synthesise(curl).map((value) => value / RADIUS_OF_WINDSPHARM);
  expect(relative(vorticity, southFirst(folder, "vrt"))).toBeLessThan(1e-3);
  const psi = harmonics.synthesise(harmonics.inverseLaplacian(curl)).map((value) => value * RADIUS_OF_WINDSPHARM);
  expect(relative(psi, southFirst(folder, "psi"))).toBeLessThan(1e-3);
  // Control: upside down it is another field.
  expect(relative(psi, southFirst(folder, "psi").toReversed())).toBeGreaterThan(0.1);
});

const relative = (a: Float64Array, b: Float64Array): number =>
  furthest(a, b) / b.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** A float32 array 72 x 144 of a NumPy file of version 1, rows from south to north. */
function southFirst(folder: string, name: string): Float64Array {
  const bytes = readFileSync(join(folder, `${name}.ref.npy`));
  const start = 10 + bytes.readUInt16LE(8);
  return Float64Array.from({ length: 72 * 144 }, (_, i) => {
    const row = 71 - Math.floor(i / 144);
    return bytes.readFloatLE(start + 4 * (row * 144 + (i % 144)));
  });
}

test.each([
  ["a regional grid", () => sphericalHarmonics(regionalGrid([0, 1], [0, 1]), 1), /a global grid/],
  ["too fine a truncation", () => sphericalHarmonics(gaussianGrid(32, 64), 32), /from 1 to 31/],
  ["30 longitudes", () => sphericalHarmonics(gaussianGrid(32, 30), 5), /that 4 divides/],
])("%s is refused", (_name, make, message) => {
  expect(make).toThrow(
    expect.objectContaining({ code: "invalid-argument", message: expect.stringMatching(message) as string }),
  );
});
