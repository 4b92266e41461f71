import { expect, test } from "vitest";
import { gridGeometry, scaleOffsets, scaleOfSite } from "../../src/refiner/geometry.js";
import { GRID_FEATURES, siteFeatureCount, siteFeatures } from "../../src/refiner/site-features.js";

const [, , seven] = gridGeometry([
  [1, 1],
  [3, 4],
  [7, 7],
]);
if (seven === undefined) throw new Error("internal: grids");

test("position features of a 7x7 grid are orthogonal, so they express any function of its sites", () => {
  const config = { ...GRID_FEATURES, positionOrder: 7, levelOrder: 1 };
  const count = siteFeatureCount(config);
  expect(count).toBe(49);
  const features = siteFeatures(seven, config);
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < count; b++) {
      let product = 0;
      for (let s = 0; s < 49; s++) product += (features[s * count + a] ?? 0) * (features[s * count + b] ?? 0);
      expect(product).toBeCloseTo(a === b ? 1 : 0, 5);
    }
  }
});

test("rows have mean square norm about 1", () => {
  const features = siteFeatures(seven, { ...GRID_FEATURES, positionOrder: 7 });
  const meanSquare = features.reduce((sum, value) => sum + value * value, 0) / 49;
  expect(meanSquare).toBeGreaterThan(0.8);
  expect(meanSquare).toBeLessThan(1.2);
});

test("a periodic coordinate has the same features at both ends, a bounded one has not", () => {
  const at = (coordinate: number, axis: "periodic" | "bounded"): Float32Array =>
    siteFeatures(
      { sites: 1, relativeSize: 1, stage: 0, coordinates: Float32Array.of(coordinate) },
      { ...GRID_FEATURES, axes: [axis] },
    );
  const distance = (a: Float32Array, b: Float32Array): number =>
    Math.hypot(...a.map((value, i) => value - (b[i] ?? 0)));
  expect(distance(at(0, "periodic"), at(1, "periodic"))).toBeLessThan(1e-5);
  expect(distance(at(0, "bounded"), at(1, "bounded"))).toBeGreaterThan(0.5);
});

test("sites without a position differ by level only", () => {
  const config = { ...GRID_FEATURES, axes: [] };
  const nodes = siteFeatures({ sites: 3, relativeSize: 0.5, stage: 0, coordinates: new Float32Array(0) }, config);
  expect(nodes.length).toBe(3 * siteFeatureCount(config));
  expect(nodes.slice(0, 8)).toEqual(nodes.slice(8, 16));
  expect(siteFeatures({ sites: 1, relativeSize: 1, stage: 0, coordinates: new Float32Array(0) }, config)).not.toEqual(
    nodes.slice(0, 8),
  );
});

test("coordinates that do not fit the axes are refused", () => {
  expect(() => siteFeatures(seven, { ...GRID_FEATURES, axes: ["bounded"] })).toThrow(/coordinates/);
});

test("offsets and scale indices of concatenated scales", () => {
  const scales = gridGeometry([
    [1, 1],
    [1, 2],
  ]);
  expect(scaleOffsets(scales)).toEqual([0, 1, 3]);
  expect([...scaleOfSite(scales)]).toEqual([0, 1, 1]);
  expect(() => gridGeometry([[0, 2]])).toThrow(/positive/);
});

test("stages of one size are told apart, and only as many as configured", () => {
  const [first, second] = gridGeometry([
    [2, 2],
    [2, 2],
  ]);
  if (first === undefined || second === undefined) throw new Error("internal: grids");
  expect([first.stage, second.stage]).toEqual([0, 1]);
  const config = { ...GRID_FEATURES, stages: 2 };
  expect(siteFeatures(first, config)).not.toEqual(siteFeatures(second, config));
  expect(() => siteFeatures(second, GRID_FEATURES)).toThrow(/stages/);
});
