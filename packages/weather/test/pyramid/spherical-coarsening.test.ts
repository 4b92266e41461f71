import { hostGrid, hostTensor, normals, randomStream, type HostTensor } from "@nextscale/refinement-core";
import { describe, expect, test } from "vitest";
import { equiangularGrid, gaussianGrid, regionalGrid, type Grid } from "../../src/grid/grid.js";
import { sphericalCoarsening, type SphericalLevel } from "../../src/pyramid/spherical-coarsening.js";

const steps = (first: number, count: number, step: number) => Array.from({ length: count }, (_, i) => first + i * step);

const grids: readonly (readonly [string, Grid, number])[] = [
  ["equiangular 32x64", equiangularGrid(32, 64), 4],
  ["Gaussian 32x64", gaussianGrid(32, 64), 4],
  ["regional 20x24", regionalGrid(steps(35, 20, 1.5), steps(-15, 24, 1.5)), 2],
];

const random = (shape: readonly number[], seed: number): HostTensor =>
  hostTensor(shape, normals(randomStream(seed, "field"), { draws: shape.reduce((a, b) => a * b, 1) }));

const fieldOn = ({ height, width }: SphericalLevel, seed: number, channels = 2) =>
  random([1, height, width, channels], seed);

/** Sum over cells of area times product; areas of a level add up to its number of cells. */
function inner(a: HostTensor, b: HostTensor, { height, width, areaWeights }: SphericalLevel): number {
  const channels = a.data.length / (height * width);
  return a.data.reduce(
    (sum, value, i) => sum + value * b.data[i]! * areaWeights[Math.floor(i / (width * channels))]!,
    0,
  );
}

const largest = (a: HostTensor, b: HostTensor) =>
  a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i]!)), 0);

describe.each(grids)("%s", (_name, grid, depth) => {
  const smooth = sphericalCoarsening(hostGrid, grid, depth);
  const haar = sphericalCoarsening(hostGrid, grid, depth, "replication");
  const { levels } = smooth;

  test("areas of every level have mean 1", () => {
    for (const { areaWeights, height } of levels) {
      expect(areaWeights.reduce((sum, area) => sum + area, 0) / height).toBeCloseTo(1, 12);
    }
  });

  test("coarsening a guess gives the coarse field back, for both expansions", () => {
    for (let level = 0; level < depth; level++) {
      const coarse = fieldOn(levels[level + 1]!, level);
      for (const way of [smooth, haar]) {
        expect(largest(way.coarsen(way.expand(coarse, level), level), coarse)).toBeLessThan(1e-5);
      }
    }
  });

  test("replication is the adjoint of the mean under the areas", () => {
    for (let level = 0; level < depth; level++) {
      const [fineLevel, coarseLevel] = [levels[level]!, levels[level + 1]!];
      const [fine, coarse] = [fieldOn(fineLevel, 1), fieldOn(coarseLevel, 2)];
      // A coarse cell has the area of four fine ones.
      const left = 4 * inner(haar.coarsen(fine, level), coarse, coarseLevel);
      const right = inner(fine, haar.expand(coarse, level), fineLevel);
      expect(left).toBeCloseTo(right, 3);
    }
    // Control: the smooth expansion is not.
    const [fine, coarse] = [fieldOn(levels[0]!, 1), fieldOn(levels[1]!, 2)];
    const means = 4 * inner(smooth.coarsen(fine, 0), coarse, levels[1]!);
    expect(Math.abs(inner(fine, smooth.expand(coarse, 0), levels[0]!) - means)).toBeGreaterThan(0.1);
  });

  test("with replication the variances of details and coarse field add up", () => {
    const fine = fieldOn(levels[0]!, 3);
    const coarse = haar.coarsen(fine, 0);
    const detail = haar.subtract(fine, haar.expand(coarse, 0), 0);
    const total = inner(fine, fine, levels[0]!);
    expect(inner(detail, detail, levels[0]!) + 4 * inner(coarse, coarse, levels[1]!)).toBeCloseTo(total, 2);
  });

  test("a constant stays a constant", () => {
    const { height, width } = levels[1]!;
    const constant = hostTensor([1, height, width, 1], new Float32Array(height * width).fill(3));
    for (const value of smooth.expand(constant, 0).data) expect(value).toBeCloseTo(3, 5);
  });

  test("details of a smooth field are smaller with the smooth expansion", () => {
    const { height, width } = levels[0]!;
    const wave = hostTensor(
      [1, height, width, 1],
      Float32Array.from({ length: height * width }, (_, i) => {
        const [latitude, longitude] = [grid.latitudes[Math.floor(i / width)]!, grid.longitudes[i % width]!];
        return Math.cos((latitude * Math.PI) / 180) ** 2 * Math.cos((2 * longitude * Math.PI) / 180);
      }),
    );
    const detail = (way: typeof smooth) => way.subtract(wave, way.expand(way.coarsen(wave, 0), 0), 0);
    const size = (x: HostTensor) => inner(x, x, levels[0]!);
    expect(size(detail(smooth))).toBeLessThan(0.2 * size(detail(haar)));
  });
});

test("expansion goes round the globe and across the poles", () => {
  const coarsening = sphericalCoarsening(hostGrid, equiangularGrid(8, 16), 1);
  /** Whether a bump at a coarse cell reaches a fine one. */
  const reaches = (from: readonly [number, number], to: readonly [number, number]) => {
    const bump = hostTensor([1, 4, 8, 1], new Float32Array(32));
    bump.data[from[0] * 8 + from[1]] = 1;
    return Math.abs(coarsening.expand(bump, 0).data[to[0] * 16 + to[1]]!) > 1e-3;
  };
  expect(reaches([1, 0], [2, 15])).toBe(true);
  // Across the south pole, from 22.5 degrees east to the opposite meridian.
  expect(reaches([0, 0], [0, 8])).toBe(true);
  expect(reaches([3, 0], [7, 8])).toBe(true);
  expect(reaches([1, 0], [1, 8])).toBe(false);
  const regional = sphericalCoarsening(hostGrid, regionalGrid(steps(0, 8, 5), steps(0, 16, 5)), 1);
  const bump = hostTensor([1, 4, 8, 1], new Float32Array(32).fill(0, 0).fill(1, 8, 9));
  expect(Math.abs(regional.expand(bump, 0).data[2 * 16 + 15]!)).toBe(0);
});

test.each([
  [
    "too deep",
    () => sphericalCoarsening(hostGrid, equiangularGrid(12, 24), 3),
    /rows and columns 8 divides, got 12x24/,
  ],
  ["odd rows", () => sphericalCoarsening(hostGrid, regionalGrid(steps(0, 21, 1), steps(0, 24, 1)), 1), /21x24/],
  ["no opposite meridian", () => sphericalCoarsening(hostGrid, equiangularGrid(4, 6), 1), /multiple of 4 columns/],
])("%s is refused", (_name, make, message) => {
  expect(make).toThrow(
    expect.objectContaining({ code: "invalid-argument", message: expect.stringMatching(message) as string }),
  );
});
