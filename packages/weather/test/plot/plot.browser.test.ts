import { expect, test } from "vitest";
import { gaussianGrid } from "../../src/index.js";
import { mapOfField, rankHistogramPlot } from "../../src/plot/index.js";
import { waves } from "./fields.fixture.js";

/** The part of the browser that the test asks: its reader of XML, which knows nothing of ours. */
const { DOMParser } = globalThis as unknown as {
  readonly DOMParser: new () => {
    parseFromString(
      text: string,
      type: "image/svg+xml",
    ): {
      readonly documentElement: { readonly localName: string };
      querySelector(name: string): unknown;
    };
  };
};

const grid = gaussianGrid(16, 32);

test.each([
  ["a map", () => mapOfField({ title: "z500 & <more>", label: "m²/s²", grid, field: waves(grid, 0) })],
  ["a chart", () => rankHistogramPlot({ title: "Ranks", shares: [0.5, 0.5], cases: 10 })],
])("%s can be drawn in a browser, which reads it as SVG", (_, draw) => {
  const read = new DOMParser().parseFromString(draw(), "image/svg+xml");
  expect(read.querySelector("parsererror")).toBeNull();
  expect(read.documentElement.localName).toBe("svg");
});

test("control: the browser refuses what is not XML", () => {
  expect(new DOMParser().parseFromString("<svg>&</svg>", "image/svg+xml").querySelector("parsererror")).not.toBeNull();
});
