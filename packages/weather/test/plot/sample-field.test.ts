import fc from "fast-check";
import { expect, test } from "vitest";
import { gaussianGrid, regionalGrid } from "../../src/index.js";
import { fieldSampler } from "../../src/plot/index.js";
import { fieldOf } from "./fields.fixture.js";

const globe = gaussianGrid(16, 32);
const region = regionalGrid([30, 32, 34, 36], [-10, -8, -6]);

test("a field that is linear in latitude is met everywhere between the rows, at any longitude", () => {
  const sampler = fieldSampler(
    globe,
    fieldOf(globe, (_, latitude) => latitude),
  );
  const [south, north] = [globe.latitudes[0]!, globe.latitudes.at(-1)!];
  const longitudes = fc.double({ min: -720, max: 720, noNaN: true });
  fc.assert(
    fc.property(longitudes, fc.double({ min: south, max: north, noNaN: true }), (longitude, latitude) => {
      expect(Math.abs(sampler(longitude, latitude) - latitude)).toBeLessThan(1e-4);
    }),
  );
});

test("the seam is no edge: between the last column and the first it is their mean", () => {
  const field = fieldOf(globe, (longitude) => (longitude === 0 ? 2 : longitude > 348 ? 4 : Number.NaN));
  expect(fieldSampler(globe, field)(-11.25 / 2, 0)).toBeCloseTo(3, 6);
  expect(fieldSampler(globe, field)(360 - 11.25 / 2, 0)).toBeCloseTo(3, 6);
});

test("at the pole all longitudes have the mean of the outermost row", () => {
  const sampler = fieldSampler(
    globe,
    fieldOf(globe, (longitude) => longitude),
  );
  const mean = (360 - 11.25) / 2;
  for (const longitude of [-170, 0, 33]) {
    expect(sampler(longitude, 90)).toBeCloseTo(mean, 3);
    expect(sampler(longitude, -90)).toBeCloseTo(mean, 3);
  }
});

test("beyond a region the nearest value goes on", () => {
  const sampler = fieldSampler(
    region,
    fieldOf(region, (longitude, latitude) => longitude + latitude),
  );
  expect(sampler(-20, 20)).toBe(20);
  expect(sampler(0, 90)).toBe(30);
  expect(sampler(354, 36)).toBe(30);
});

test("a masked cell masks what is nearest to it, and nothing else", () => {
  const field = fieldOf(region, (longitude, latitude) => (longitude === -8 && latitude === 32 ? Number.NaN : 1));
  const sampler = fieldSampler(region, field);
  expect(sampler(-8.9, 32.9)).toBeNaN();
  expect(sampler(-9.1, 32)).toBe(1);
  expect(sampler(-8, 33.1)).toBe(1);
});
