import { join } from "node:path";
import { NextscaleError } from "@nextscale/engine";
import { expect, test } from "vitest";
import {
  equiangularGrid,
  gaussianGrid,
  gridOf,
  readFields,
  regionalGrid,
  variableOf,
  type Grid,
} from "../../src/index.js";
import { readNetcdf3File } from "../../src/node/index.js";
import { MASKED } from "../../src/plot/colours.js";
import { mapOfField, meanAndSpreadMaps, stamps } from "../../src/plot/index.js";
import { testWithData } from "../data/weather-data.fixture.js";
import { fieldOf, waves } from "./fields.fixture.js";
import { problemsOf, textsOf, withAttributes } from "./svg.fixture.js";

const globe = gaussianGrid(16, 32);
const steps = (first: number, step: number, count: number) => Array.from({ length: count }, (_, i) => first + i * step);
const texts = { title: "z500", label: "geopotential (m²/s²)" };

const GRIDS: Readonly<Record<string, Grid>> = {
  "the globe": globe,
  "the globe, equiangular": equiangularGrid(12, 24),
  "middle latitudes": regionalGrid(steps(30, 1.5, 21), steps(-20, 1.5, 24)),
  "the south": regionalGrid(steps(-60, 2, 10), steps(110, 2, 20)),
  "the tropics": regionalGrid(steps(-10, 2, 11), steps(80, 2, 20)),
  "about the pole": regionalGrid(steps(60, 2, 15), steps(0, 5, 20)),
  "across the date line": regionalGrid(steps(30, 2, 10), steps(170, 2, 20)),
  "a sector from pole to pole": regionalGrid(steps(-90, 5, 37), steps(0, 5, 20)),
  "a hemisphere": regionalGrid(steps(20, 2.5, 28), steps(0, 5, 72)),
};

for (const [name, grid] of Object.entries(GRIDS)) {
  test(`a map of ${name} opens alone and shows every band`, () => {
    const svg = mapOfField({ ...texts, grid, field: waves(grid, 0) });
    expect(problemsOf(svg)).toEqual([]);
    // A swatch of the colour bar and an area of the map for each band.
    const colours = new Set([...svg.matchAll(/<rect[^>]* fill="(rgb[^"]+|#[0-9a-f]{6})"/g)].map(([, fill]) => fill!));
    expect(colours.size).toBeGreaterThan(6);
    for (const fill of colours)
      expect(withAttributes(svg, { fill }).map(({ name: tag }) => tag)).toEqual(["path", "rect"]);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(["z500", "geopotential (m²/s²)"]));
  });
}

test("the same input gives the same bytes, another one others", () => {
  const draw = (phase: number) => mapOfField({ ...texts, grid: globe, field: waves(globe, phase) });
  expect(draw(0)).toBe(draw(0));
  expect(draw(0)).not.toBe(draw(1));
});

test("titles can say anything", () => {
  const title = `<script>alert("&")</script> \u0000`;
  const svg = mapOfField({ title, subtitle: title, label: title, grid: globe, field: waves(globe, 0) });
  expect(problemsOf(svg)).toEqual([]);
  expect(textsOf(svg).filter((text) => text === title.replace("\u0000", "\uFFFD"))).toHaveLength(3);
});

test("an anomaly has as many levels below 0 as above", () => {
  const svg = mapOfField({
    ...texts,
    grid: globe,
    colours: "diverging",
    field: fieldOf(globe, (_, latitude) => latitude),
  });
  const numbers = textsOf(svg).filter((text) => /^−?\d+$/.test(text));
  const magnitudes = (of: readonly string[]) => of.map((text) => text.replace("−", ""));
  const negative = numbers.filter((text) => text.startsWith("−"));
  expect(negative.length).toBeGreaterThan(2);
  expect(magnitudes(negative).reverse()).toEqual(numbers.filter((text) => !text.startsWith("−")));
});

test("masked cells are left to the grey ground: no band covers them", () => {
  const grid = regionalGrid(steps(0, 1, 10), steps(0, 1, 10));
  const draw = (masked: boolean) =>
    mapOfField({ ...texts, grid, field: fieldOf(grid, (x, y) => (masked && x === 5 && y === 5 ? Number.NaN : x)) });
  // Bands are painted from the lowest, which has all that is not masked, to the highest.
  const lowest = (svg: string) => /<g clip-path="[^"]*"><path d="([^"]*)"/.exec(svg)![1]!;
  expect(withAttributes(draw(true), { fill: MASKED })).toHaveLength(1);
  expect(lowest(draw(true)).match(/M/g)).toHaveLength(2);
  // Control: without a mask the lowest band has no hole.
  expect(lowest(draw(false)).match(/M/g)).toHaveLength(1);
});

test("the spread lies under the contours of the mean, one for each level", () => {
  const members = [0, 1, 2].map((phase) => waves(globe, phase));
  const svg = meanAndSpreadMaps({ ...texts, grid: globe, members });
  expect(problemsOf(svg)).toEqual([]);
  expect(withAttributes(svg, { "stroke-width": "0.7" }).length).toBeGreaterThan(6);
  expect(textsOf(svg)).toContain("spread of geopotential (m²/s²)");
  // Members that agree have no spread anywhere, which is no reason not to draw.
  expect(problemsOf(meanAndSpreadMaps({ ...texts, grid: globe, members: [members[0]!, members[0]!] }))).toEqual([]);
});

test("there is a stamp for the truth and for each member, on one scale", () => {
  const members = [0, 1, 2, 3, 4].map((phase) => waves(globe, phase));
  const svg = stamps({ ...texts, grid: globe, members, truth: waves(globe, 9) });
  expect(problemsOf(svg)).toEqual([]);
  expect(textsOf(svg).filter((text) => /truth|member/.test(text))).toEqual([
    "truth",
    ...steps(1, 1, 5).map((m) => `member ${m}`),
  ]);
  expect(withAttributes(svg, { fill: MASKED })).toHaveLength(6);
  const without = stamps({ ...texts, grid: globe, members: [...members, members[0]!.map(() => Number.NaN)] });
  expect(textsOf(without)).not.toContain("truth");
  expect(problemsOf(without)).toEqual([]);
});

test("bad input is refused by name", () => {
  const field = waves(globe, 0);
  const refusal = (draw: () => string) => {
    try {
      draw();
    } catch (error) {
      if (error instanceof NextscaleError) return `${error.code} ${error.where}`;
    }
    return "none";
  };
  const infinite = field.with(7, Infinity);
  const empty = field.map(() => Number.NaN);
  const picture = { ...texts, grid: globe };
  expect(refusal(() => mapOfField({ ...picture, field: field.slice(1) }))).toBe("shape weather/mapOfField");
  expect(refusal(() => mapOfField({ ...picture, field: infinite }))).toBe("invalid-data weather/mapOfField");
  expect(refusal(() => mapOfField({ ...picture, field: empty }))).toBe("invalid-data weather/mapOfField");
  expect(refusal(() => meanAndSpreadMaps({ ...picture, members: [field] }))).toBe(
    "invalid-argument weather/meanAndSpreadMaps",
  );
  expect(refusal(() => meanAndSpreadMaps({ ...picture, members: [field, infinite] }))).toBe(
    "invalid-data weather/meanAndSpreadMaps",
  );
  expect(refusal(() => stamps({ ...picture, members: [] }))).toBe("invalid-argument weather/stamps");
  expect(refusal(() => stamps({ ...picture, members: [field], truth: field.slice(1) }))).toBe("shape weather/stamps");
  expect(refusal(() => mapOfField({ ...picture, field }))).toBe("none");
});

testWithData("eraint-weurope-daily", "a map of reanalysis over western Europe", async (folder) => {
  const dataset = await readNetcdf3File(join(folder, "z500_ei.nc"));
  const placement = await gridOf(dataset);
  const { values } = await readFields(variableOf(dataset, "z"), placement, { time: 18 });
  const svg = mapOfField({ ...texts, grid: placement.grid, field: values });
  expect(problemsOf(svg)).toEqual([]);
  expect(textsOf(svg)).toEqual(expect.arrayContaining(["40°N", "60°N", "20°W", "0°", "10°E"]));
});
