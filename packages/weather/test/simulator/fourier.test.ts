import { expect, test } from "vitest";
import { normals, randomStream } from "@nextscale/refinement-core";
import { complexArray, fourierPlan, sumWaves, type ComplexArray } from "../../src/simulator/fourier.js";
import { furthest } from "./fields.fixture.js";

const SERIES = 3;

/** Series of normals, [point][series]. */
function noise(points: number): ComplexArray {
  const draws = Float64Array.from(normals(randomStream(points, "test"), { draws: 2 * points * SERIES }));
  return { real: draws.subarray(0, points * SERIES), imaginary: draws.subarray(points * SERIES) };
}

/** The sum by its definition. */
function definition({ real, imaginary }: ComplexArray, points: number): ComplexArray {
  const out = complexArray(points * SERIES);
  for (let o = 0; o < points * SERIES; o++) {
    for (let k = 0; k < points; k++) {
      const angle = (2 * Math.PI * Math.floor(o / SERIES) * k) / points;
      const i = k * SERIES + (o % SERIES);
      out.real[o]! += real[i]! * Math.cos(angle) - imaginary[i]! * Math.sin(angle);
      out.imaginary[o]! += real[i]! * Math.sin(angle) + imaginary[i]! * Math.cos(angle);
    }
  }
  return out;
}

// No factor, powers of 4, 4 times others, none of 4.
test.each([1, 4, 16, 64, 8, 12, 30, 7])("%i points: the sum of the definition, and its inverse", (points) => {
  const plan = fourierPlan(points, SERIES);
  const x = noise(points);
  const copy = { real: x.real.slice(), imaginary: x.imaginary.slice() };
  const out = complexArray(points * SERIES);
  sumWaves(plan, x, out);
  const expected = definition(x, points);
  expect(furthest(out.real, expected.real)).toBeLessThan(1e-12);
  expect(furthest(out.imaginary, expected.imaginary)).toBeLessThan(1e-12);
  expect(x).toEqual(copy);

  const back = complexArray(points * SERIES);
  sumWaves(plan, { real: out.imaginary, imaginary: out.real }, { real: back.imaginary, imaginary: back.real });
  expect(
    furthest(
      back.real.map((value) => value / points),
      x.real,
    ),
  ).toBeLessThan(1e-13);
});
