import { decode } from "fast-png";
import { expect, test } from "vitest";
import type { DrawableImage } from "../../src/render/raster.js";
import { renderScaleStrip } from "../../src/render/scale-strip.js";
import { ascii } from "./ascii.fixture.js";

const square = (size: number, value: (x: number, y: number) => number): DrawableImage => ({
  data: Uint8Array.from({ length: size * size }, (_, index) => value(index % size, Math.floor(index / size))),
  height: size,
  width: size,
  channels: 1,
});

/** One digit-like picture at three scales. */
const scales = [square(1, () => 120), square(2, (x) => 200 * x), square(4, (x, y) => (x === y ? 255 : 0))];

test("images of different sizes are stretched to one height, with labels below and before", () => {
  const png = renderScaleStrip([scales], { height: 8, gap: 1, columnLabels: ["1x1", "2x2", "4x4"], rowLabels: ["7"] });
  expect(ascii(png)).toMatchInlineSnapshot(`
    "

      xxxxx
          x    oooooooo        ####oooo          ..######
         x     oooooooo        ####oooo          ..######
        x      oooooooo        ####oooo          ##..####
        x      oooooooo        ####oooo          ##..####
       x       oooooooo        ####oooo          ####..##
       x       oooooooo        ####oooo          ####..##
               oooooooo        ####oooo          ######..
               oooooooo        ####oooo          ######..


              x         x   xxx         xxx     x           x
             xx        xx  x   x       x   x   xx          xx
              x  x   x  x      x x   x     x  x x  x   x  x x
              x   x x   x     x   x x     x  x  x   x x  x  x
              x    x    x    x     x     x   xxxxx   x   xxxxx
              x   x x   x   x     x x   x       x   x x     x
             xxx x   x xxx xxxxx x   x xxxxx    x  x   x    x




    "
  `);
});

test("several rows, sizes that do not divide the height, and images that are not square", () => {
  const wide: DrawableImage = { data: Uint8Array.of(0, 120, 0), height: 1, width: 3, channels: 1 };
  const png = renderScaleStrip(
    [
      [square(3, (x, y) => 120 * ((x + y) % 2)), wide],
      [square(2, (x) => 120 * x), wide],
    ],
    { height: 5, gap: 1 },
  );
  expect(ascii(png)).toMatchInlineSnapshot(`
    "


      ##o## #####ooooo#####
      ##o## #####ooooo#####
      oo#oo #####ooooo#####
      ##o## #####ooooo#####
      ##o## #####ooooo#####

      ##ooo #####ooooo#####
      ##ooo #####ooooo#####
      ##ooo #####ooooo#####
      ##ooo #####ooooo#####
      ##ooo #####ooooo#####


    "
  `);
});

test("one colour image makes a colour picture, and grey ones stay grey in it", () => {
  const colour: DrawableImage = { data: Uint8Array.of(1, 2, 3), height: 1, width: 1, channels: 3 };
  const { channels, data } = decode(renderScaleStrip([[colour, square(1, () => 9)]], { height: 1, gap: 0 }));
  expect([channels, ...data]).toEqual([3, 1, 2, 3, 9, 9, 9]);
});

test("refuses what cannot be drawn", () => {
  const refuses = (code: string, rows: readonly (readonly DrawableImage[])[], options = {}) =>
    expect(() => renderScaleStrip(rows, options), JSON.stringify(options)).toThrow(expect.objectContaining({ code }));
  refuses("shape", []);
  refuses("shape", [[]]);
  refuses("shape", [scales, scales.slice(1)]);
  refuses("shape", [[{ ...scales[0]!, width: 2 }]]);
  refuses("shape", [[{ data: new Uint8Array(0), height: 0, width: 1, channels: 1 }]]);
  refuses("shape", [scales], { columnLabels: ["one"] });
  refuses("shape", [scales], { rowLabels: [] });
  refuses("invalid-argument", [scales], { height: 0 });
  refuses("invalid-argument", [scales], { height: 10.5 });
  refuses("invalid-argument", [scales], { gap: -1 });
  refuses("invalid-argument", [scales], { height: 1_000_000 });
  refuses("invalid-data", [[{ data: Float32Array.of(NaN), height: 1, width: 1, channels: 1 }]]);
});
