import { beforeAll, expect, test } from "vitest";
import type { Chemistry } from "../../src/molecule/chemistry.js";
import { GRID_LIMITS, moleculeGridSvg } from "../../src/molecule/grid-svg.js";
import { sharedChemistry } from "./chemistry.fixture.js";

let chemistry: Chemistry;
beforeAll(async () => {
  chemistry = await sharedChemistry();
});

test("drawings become one document, the same every time", async () => {
  const outcomes = await chemistry.drawings(["CCO", "c1ccccc1", "CC(=O)O"], { width: 120, height: 90 });
  const svgs = outcomes.map((outcome) => (outcome.ok ? outcome.value : ""));
  const grid = moleculeGridSvg(svgs, { columns: 2, captions: ["ethanol", "a < b & \u0007c", "3"] });
  expect(grid).toBe(moleculeGridSvg(svgs, { columns: 2, captions: ["ethanol", "a < b & \u0007c", "3"] }));
  expect(grid).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="240" height="224"/);
  expect(grid).not.toContain("<?xml");
  expect(grid).toContain("a &#60; b &#38; \uFFFDc");
  const places = [...grid.matchAll(/<svg x="([^"]+)" y="([^"]+)" width="120" height="90"/g)];
  expect(places.map(([, x, y]) => [x, y])).toEqual([["0", "0"], ["120", "0"], ["0", "112"]]); // prettier-ignore
  expect(grid.match(/<svg/g)).toHaveLength(4);
  expect(grid.match(/<\/svg>/g)).toHaveLength(4);
});

test("ids do not clash", () => {
  const svg = `<svg width='10px' height='10px'><clipPath id='a'/><g clip-path='url(#a)'/><use xlink:href="#a"/></svg>`;
  const grid = moleculeGridSvg([svg, svg], { columns: 1 });
  const ids = [...grid.matchAll(/\sid='([^']+)'/g)].map(([, id]) => id);
  expect(ids).toEqual(["m0-a", "m1-a"]);
  for (const id of ids) expect(grid).toContain(`url(#${id})'/><use xlink:href="#${id}"`);
});

test("smaller pictures are centred, and of none there is an empty one", () => {
  const svg = (width: number) => `<svg width="${width}" height="10"></svg>`;
  expect(moleculeGridSvg([svg(10), svg(20)], { columns: 1 })).toContain('<svg x="5" y="0" width="10"');
  expect(moleculeGridSvg([], { columns: 3 })).toContain('width="0" height="0"');
});

test("what is no grid of pictures is told", () => {
  expect(() => moleculeGridSvg(["<b/>"], { columns: 1 })).toThrow("SVG documents with a width and a height");
  expect(() => moleculeGridSvg([`<svg width="1"></svg>`], { columns: 1 })).toThrow("SVG documents");
  expect(() => moleculeGridSvg([], { columns: 0 })).toThrow("1 to 100 columns, got 0");
  expect(() => moleculeGridSvg([], { columns: 1, captions: ["a"] })).toThrow("0 captions, got 1");
  const many = Array<string>(GRID_LIMITS.pictures + 1).fill("");
  expect(() => moleculeGridSvg(many, { columns: 1 })).toThrow("at most 1000 pictures, got 1001");
});
