import fc from "fast-check";
import { randomStream, uniforms } from "@nextscale/refinement-core";
import { expect, test } from "vitest";
import {
  equiangularGrid,
  equiangularGridWithPoles,
  gaussianGrid,
  regionalGrid,
  type Grid,
} from "../../src/grid/grid.js";
import { rowEdges } from "../../src/ingest/cell-edges.js";
import { conservativeRegridding } from "../../src/ingest/conservative-regridding.js";

const cells = ({ latitudes, longitudes }: Grid) => latitudes.length * longitudes.length;

/** Mean over the cells that have a value, by the areas of the grid. */
function mean({ areaWeights, longitudes }: Grid, field: ArrayLike<number>): number {
  let [sum, weight] = [0, 0];
  for (let i = 0; i < field.length; i++) {
    if (Number.isNaN(field[i])) continue;
    sum += areaWeights[Math.floor(i / longitudes.length)]! * field[i]!;
    weight += areaWeights[Math.floor(i / longitudes.length)]!;
  }
  return sum / weight;
}

const globe = fc
  .tuple(
    fc.constantFrom(equiangularGrid, equiangularGridWithPoles, gaussianGrid),
    fc.integer({ min: 2, max: 24 }),
    fc.integer({ min: 2, max: 24 }),
  )
  .map(([make, rows, columns]) => make(rows, columns));

test("the mean over the globe is kept, a constant stays one, and between equal grids nothing changes", () => {
  fc.assert(
    fc.property(globe, globe, fc.nat(1000), fc.double({ min: -360, max: 360, noNaN: true }), (from, to, seed, turn) => {
      const field = uniforms(randomStream(seed, "regridding"), { draws: cells(from) });
      const turned = { ...to, longitudes: to.longitudes.map((value) => value + turn / 2) };
      const result = conservativeRegridding(from, turned)(field);
      expect(Math.abs(mean(to, result) - mean(from, field))).toBeLessThan(1e-13);
      const constant = conservativeRegridding(from, turned)(new Float32Array(cells(from)).fill(3));
      expect(constant.every((value) => Math.abs(value - 3) < 1e-12)).toBe(true);
      expect(conservativeRegridding(from, from)(field)).toEqual(Float64Array.from(field));
    }),
    { numRuns: 25, seed: 1 },
  );
});

test("taking every second point instead is noticed", () => {
  const [from, to] = [equiangularGrid(8, 16), equiangularGrid(4, 8)];
  const field = uniforms(randomStream(1, "regridding"), { draws: 128 });
  const thinned = Float64Array.from({ length: 32 }, (_, i) => field[2 * Math.floor(i / 8) * 16 + 2 * (i % 8)]!);
  expect(Math.abs(mean(to, thinned) - mean(from, field))).toBeGreaterThan(1e-3);
});

test("missing cells are left out with their area", () => {
  const [from, to] = [equiangularGrid(4, 8), equiangularGrid(2, 4)];
  // Columns of the coarse grid are centred where those of the fine one are, so a coarse cell has one whole and two halves.
  const field = Float32Array.from({ length: 32 }, (_, i) => Math.floor(i / 8));
  field.fill(NaN, 0, 8);
  const half = conservativeRegridding(from, to)(field);
  expect(Array.from(half.subarray(0, 4))).toEqual([1, 1, 1, 1]);
  field.fill(NaN, 8, 16);
  const none = conservativeRegridding(from, to)(field);
  expect(none.subarray(0, 4).every(Number.isNaN)).toBe(true);
  expect(none.subarray(4).every((value) => value > 2 && value < 3)).toBe(true);
});

test("a region is found wherever longitudes are counted from, and there is nothing beyond it", () => {
  const latitudes = [42, 44, 46, 48];
  const west = regionalGrid(latitudes, [-20, -18, -16, -14]);
  const east = regionalGrid(latitudes, [340, 342, 344, 346]);
  const field = Float32Array.from({ length: 16 }, (_, i) => i);
  const moved = conservativeRegridding(west, east)(field);
  moved.forEach((value, i) => expect(value).toBeCloseTo(i, 12));
  const world = conservativeRegridding(west, equiangularGrid(90, 180))(field);
  const valued = Array.from(world.entries()).filter(([, value]) => !Number.isNaN(value));
  expect(valued.length).toBe(5 * 4);
  const whole = conservativeRegridding(equiangularGrid(90, 180), west)(new Float32Array(90 * 180).fill(7));
  expect(whole.every((value) => Math.abs(value - 7) < 1e-12)).toBe(true);
});

test("edges of a Gaussian grid lie between its nodes, those of an equiangular one half-way", () => {
  const gaussian = gaussianGrid(32, 64);
  const edges = rowEdges(gaussian);
  gaussian.latitudes.forEach((latitude, row) => {
    const sine = Math.sin((latitude * Math.PI) / 180);
    expect(sine).toBeGreaterThan(edges[row]!);
    expect(sine).toBeLessThan(edges[row + 1]!);
  });
  rowEdges(equiangularGrid(4, 8)).forEach((edge, i) => expect(edge).toBeCloseTo(Math.sin(((i - 2) * Math.PI) / 4), 14));
});
