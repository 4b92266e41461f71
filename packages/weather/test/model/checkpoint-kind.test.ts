import { expect, test } from "vitest";
import {
  weatherModelConfigSchema,
  WEATHER_PRESETS,
  type CategoricalHeadConfig,
  type WeatherModelConfig,
} from "../../src/index.js";
import { gaussianGrid } from "../../src/grid/grid.js";
import { gridConfig } from "../../src/model/grid-from.js";

const { model } = WEATHER_PRESETS.sim;
const categorical = (scales: number, passes: CategoricalHeadConfig["passes"] = 1): WeatherModelConfig["head"] => ({
  kind: "categorical",
  quantiser: {
    kind: "transform",
    step: 0.35,
    scales: Array.from({ length: scales }, () => ({ dimensions: 3, levels: 9 })),
  },
  passes,
});
const right: WeatherModelConfig = {
  ...{ grid: gridConfig(gaussianGrid(32, 64)), channels: ["z500"], statics: 3, stepHours: 12, hours: [0, 12] },
  ...{ anchor: model.anchor, truncation: 21, network: model.network, sharpness: [1, 1, 1, 1] },
  pyramid: { factors: [2, 2, 4], baseSide: 1, expansion: "bilinear" },
  head: categorical(4),
};
const issuesOf = (changes: Partial<WeatherModelConfig>) => {
  const parsed = weatherModelConfigSchema.safeParse({ ...right, ...changes });
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join("."));
};

test("a description that agrees with itself is one", () => {
  expect(issuesOf({})).toEqual([]);
  expect(issuesOf({ head: categorical(4, ["nested", 1, 2, 4]) })).toEqual([]);
  const grid = { ...right.grid, kind: "regional" } as const;
  expect(issuesOf({ grid, truncation: { components: 20 }, anchor: { kind: "component-ridge" } })).toEqual([]);
});

test.each<[string, Partial<WeatherModelConfig>, string]>([
  [
    "factors that do not divide the grid",
    { pyramid: { factors: [8, 8, 4], baseSide: 1, expansion: "bilinear" } },
    "pyramid.factors",
  ],
  ["tokens of the base that do not divide it", { pyramid: { ...right.pyramid, baseSide: 4 } }, "pyramid.factors"],
  ["a scale too few", { head: categorical(3) }, "head.quantiser.scales"],
  ["passes over a scale too many", { head: categorical(4, [1, 1, 1, 1, 2]) }, "head.passes"],
  ["passes that no chessboard has", { head: categorical(4, 3 as 2) }, "head.passes"],
  [
    "diffusion over several scales",
    { head: { kind: "diffusion", levels: 20, churn: { amount: 0, above: 0 } } },
    "head",
  ],
  ["a sharpness too many", { sharpness: [1, 1, 1, 1, 1] }, "sharpness"],
  [
    "an encoder coarser than the finest scale",
    { network: { ...model.network, encoderSide: 8 } },
    "network.encoderSide",
  ],
  ["windows that do not fit", { network: { ...model.network, windowColumns: 7 } }, "network.windowColumns"],
  ["a truncation to waves of a region", { grid: { ...right.grid, kind: "regional" } }, "truncation"],
  ["more components than values", { truncation: { components: 4000 } }, "truncation.components"],
  ["a regression of components that there are none of", { anchor: { kind: "component-ridge" } }, "anchor"],
])("%s is refused", (_, changes, path) => {
  expect(issuesOf(changes)).toContain(path);
});
