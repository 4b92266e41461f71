import { describe, expect, test } from "vitest";
import { equiangularGrid, equiangularGridWithPoles, gaussianGrid, regionalGrid } from "../../src/grid/grid.js";
import { sphericalHarmonics } from "../../src/simulator/spherical-harmonics.js";
import { furthest, randomCoefficients, relative } from "./fields.fixture.js";

describe.each([
  ["Gaussian 32 x 64, T21", gaussianGrid(32, 64), 21],
  ["Gaussian with a row on the equator", gaussianGrid(33, 48), 20],
  ["an odd number of longitudes", gaussianGrid(16, 45), 15],
  ["equiangular", equiangularGrid(32, 64), 15],
  ["with poles", equiangularGridWithPoles(45, 64), 22],
])("%s", (_name, grid, truncation) => {
  const harmonics = sphericalHarmonics(grid, truncation);
  const coefficients = randomCoefficients(harmonics);

  test("a round trip gives the coefficients back", () => {
    const back = harmonics.analyse(harmonics.synthesise(coefficients));
    expect(furthest(back, coefficients)).toBeLessThan(1e-13);
    // Control: another field's coefficients are not these.
    const other = harmonics.analyse(harmonics.synthesise(randomCoefficients(harmonics, 2)));
    expect(furthest(other, coefficients)).toBeGreaterThan(1);
  });

  test("Parseval: the spectrum sums to the mean square over the sphere", () => {
    const total = harmonics.powerSpectrum(coefficients).reduce((sum, power) => sum + power, 0);
    expect(harmonics.innerProduct(coefficients, coefficients)).toBeCloseTo(total, 9);
    const squares = harmonics.synthesise(coefficients).map((value) => value ** 2);
    expect(harmonics.analyse(squares)[0]).toBeCloseTo(total, 9);
  });
});

describe("T21 on 32 x 64", () => {
  const harmonics = sphericalHarmonics(gaussianGrid(32, 64), 21);
  const coefficients = randomCoefficients(harmonics);

  test("the first harmonics have the values of the textbooks", () => {
    // P(1, 0) = sqrt(3) mu and P(2, 1) = sqrt(15 / 2) mu sqrt(1 - mu^2) have mean square 1.
    const unit = new Float64Array(2 * harmonics.count);
    unit[2 * harmonics.index(1, 0)] = 1;
    unit[2 * harmonics.index(2, 1) + 1] = 0.5;
    const field = harmonics.synthesise(unit);
    const expected = field.map((_, i) => {
      const sine = harmonics.sines[Math.floor(i / 64)]!;
      const wave = -Math.sin((2 * Math.PI * (i % 64)) / 64);
      return Math.sqrt(3) * sine + Math.sqrt(7.5) * sine * Math.sqrt(1 - sine ** 2) * wave;
    });
    expect(furthest(field, expected)).toBeLessThan(1e-13);
  });

  test("the divergence of a gradient is the Laplacian, and its curl is 0", () => {
    const { eastward, northward } = harmonics.gradient(coefficients);
    const perCosine = (value: number, i: number): number =>
      value / Math.sqrt(1 - harmonics.sines[Math.floor(i / 64)]! ** 2);
    const { curl, divergence } = harmonics.curlAndDivergence(eastward.map(perCosine), northward.map(perCosine));
    const laplacian = harmonics.laplacian(coefficients);
    expect(furthest(divergence, laplacian)).toBeLessThan(1e-10);
    expect(furthest(curl, new Float64Array(curl.length))).toBeLessThan(1e-10);
    const withoutMean = coefficients.with(0, 0);
    expect(furthest(harmonics.inverseLaplacian(laplacian), withoutMean)).toBeLessThan(1e-13);
    const along = harmonics.synthesise(harmonics.alongLongitude(coefficients));
    expect(furthest(along, eastward)).toBeLessThan(1e-11);
  });

  test("the Jacobian is antisymmetric and creates neither fields nor their products", () => {
    const [a, b] = [coefficients, randomCoefficients(harmonics, 2)];
    const product = harmonics.jacobian(a, b);
    const scale = Math.sqrt(harmonics.innerProduct(product, product));
    const opposite = harmonics.jacobian(b, a).map((value) => -value);
    expect(furthest(product, opposite) / scale).toBeLessThan(1e-13);
    expect(furthest(harmonics.jacobian(a, a), new Float64Array(a.length)) / scale).toBeLessThan(1e-13);
    // Its mean, and its mean product with each of the two: exact because no product is aliased.
    expect(Math.abs(product[0]!) / scale).toBeLessThan(1e-13);
    expect(Math.abs(harmonics.innerProduct(product, a)) / scale).toBeLessThan(1e-12);
    expect(Math.abs(harmonics.innerProduct(product, b)) / scale).toBeLessThan(1e-12);
    // Control: on a grid that aliases products it is not.
    const coarse = sphericalHarmonics(gaussianGrid(24, 44), 21);
    expect(Math.abs(coarse.innerProduct(coarse.jacobian(a, b), a)) / scale).toBeGreaterThan(1e-3);
  });

  test("the Jacobian with the sine of latitude is the derivative along longitude", () => {
    const sine = new Float64Array(2 * harmonics.count);
    sine[2 * harmonics.index(1, 0)] = 1 / Math.sqrt(3);
    expect(relative(harmonics.jacobian(coefficients, sine), harmonics.alongLongitude(coefficients))).toBeLessThan(
      1e-13,
    );
  });
});

test.each([
  ["a regional grid", () => sphericalHarmonics(regionalGrid([0, 1], [0, 1]), 1), /a global grid/],
  ["too fine a truncation", () => sphericalHarmonics(gaussianGrid(32, 64), 32), /from 1 to 31/],
  ["too fine a truncation for the rows", () => sphericalHarmonics(equiangularGrid(32, 64), 16), /from 1 to 15/],
  ["a degree beyond the truncation", () => sphericalHarmonics(gaussianGrid(4, 8), 3).index(4, 0), /m <= n <= 3/],
  [
    "a wind at the poles",
    () =>
      sphericalHarmonics(equiangularGridWithPoles(5, 8), 2).curlAndDivergence(
        new Float64Array(40),
        new Float64Array(40),
      ),
    /without rows at the poles/,
  ],
])("%s is refused", (_name, make, message) => {
  expect(make).toThrow(
    expect.objectContaining({ code: "invalid-argument", message: expect.stringMatching(message) as string }),
  );
});

test("coefficients of another truncation are refused", () => {
  const harmonics = sphericalHarmonics(gaussianGrid(4, 8), 3);
  expect(() => harmonics.synthesise(new Float64Array(4))).toThrow(expect.objectContaining({ code: "shape" }));
  expect(() => harmonics.jacobian(new Float64Array(20), new Float64Array(4))).toThrow(/of 20 numbers, got 4/);
});
