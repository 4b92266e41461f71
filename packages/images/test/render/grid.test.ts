import { decode } from "fast-png";
import fc from "fast-check";
import { expect, test } from "vitest";
import { renderGrid } from "../../src/render/grid.js";
import { ascii } from "./ascii.fixture.js";

const shape = { height: 2, width: 2, channels: 1 } as const;

test("images lie row by row on paper, each sample `scale` pixels wide, with gaps between and twice that around", () => {
  const images = Uint8Array.of(0, 0, 0, 255, 255, 0, 0, 0, 0, 255, 0, 0);
  const png = renderGrid(images, { ...shape, columns: 2, scale: 2, gap: 1 });
  expect(ascii(png)).toMatchInlineSnapshot(`
    "


      #### ..##
      #### ..##
      ##.. ####
      ##.. ####

      ##..
      ##..
      ####
      ####


    "
  `);
});

test("labels stand under their images, and a wide one widens the column", () => {
  const png = renderGrid(new Uint8Array(8).fill(120), { ...shape, scale: 3, gap: 2, labels: ["7", "g=1.5"] });
  expect(ascii(png)).toMatchInlineSnapshot(`
    "




                oooooo                  oooooo
                oooooo                  oooooo
                oooooo                  oooooo
                oooooo                  oooooo
                oooooo                  oooooo
                oooooo                  oooooo


                xxxxx                       x    xxxxx
                    x                      xx    x
                   x             xxxx       x    xxxx
                  x             x   x xxxx  x        x
                  x             x   x       x        x
                 x              x   x xxxx  x    x   x
                 x               xxxx      xxx x  xxx
                                    x
                                 xxx




    "
  `);
});

test("every letter, digit and sign of the font", () => {
  const labels = ["0123456789", "abcdefghijklm", "nopqrstuvwxyz", "=.,:;-+/%()_#*<>!?'|", "A é"];
  const png = renderGrid(new Uint8Array(20), { ...shape, scale: 1, gap: 0, columns: 1, labels });
  expect(ascii(png)).toMatchInlineSnapshot(`
    "
                                         ##
                                         ##


               xxx   x   xxx   xxx     x  xxxxx  xxx  xxxxx  xxx   xxx
              x   x xx  x   x x   x   xx  x     x         x x   x x   x
              x   x  x      x     x  x x  xxxx  x        x  x   x x   x
              x   x  x     x    xx  x  x      x xxxx    x    xxx   xxxx
              x   x  x    x       x xxxxx     x x   x   x   x   x     x
              x   x  x   x    x   x    x  x   x x   x  x    x   x     x
               xxx  xxx xxxxx  xxx     x   xxx   xxx   x     xxx   xxx


                                         ##
                                         ##


                x              x         xx       x     x  x x    x
                x              x        x         x          x    x
           xxx  xxxx   xxx  xxxx  xxx  xxx   xxxx xxxx  x  x x  x x  xx x
              x x   x x    x   x x   x  x   x   x x   x x  x x x  x  x x x
           xxxx x   x x    x   x xxxxx  x   x   x x   x x  x xx   x  x x x
          x   x x   x x    x   x x      x   x   x x   x x  x x x  x  x x x
           xxxx xxxx   xxx  xxxx  xxx   x    xxxx x   x x  x x  x  x x x x
                                                x          x
                                             xxx          x
                                         ##
                                         ##


                                        x
                                        x
     xxxx   xxx  xxxx   xxxx x xx  xxx xxx  x   x x   x x   x x   x x   x xxxxx
     x   x x   x x   x x   x xx   x     x   x   x x   x x x x  x x  x   x    x
     x   x x   x x   x x   x x     xx   x   x   x x   x x x x   x   x   x   x
     x   x x   x x   x x   x x       x  x   x   x  x x  x x x  x x  x   x  x
     x   x  xxx  xxxx   xxxx x    xxx    xx  xxxx   x    x x  x   x  xxxx xxxxx
                 x         x                                            x
                 x         x                                         xxx
                                         ##
                                         ##


                                 x xx  x  x x                         x  xxx  x x
                                 x xx  x x   x       x x        x x   x x   x x x
                          x     x     x  x   x      xxxxx x x  x   x  x     x   x
    xxxx      x  x        x     x    x   x   x       x x   x  x     x x    x    x
                   xxxx xxxxx  x    x    x   x      xxxxx x x  x   x  x   x     x
    xxxx                  x    x   x  xx x   x       x x        x x             x
         x  x x  x        x   x    x  xx  x x                         x   x     x
           x    x                                                               x
                                               xxxx
                                         ##
                                         ##


                                             xxxx
                                             x  x
                                    xxx      x  x
                                       x     x  x
                                    xxxx     x  x
                                   x   x     x  x
                                    xxxx     xxxx


    "
  `);
});

test("floats from 0 to 1 draw as the bytes they stand for, and are clipped", () => {
  const options = { height: 16, width: 16, channels: 1, scale: 1, gap: 0 } as const;
  const bytes = Uint8Array.from({ length: 256 }, (_, value) => value);
  expect(decode(renderGrid(bytes, options)).data).toEqual(bytes);
  expect(
    renderGrid(
      Float32Array.from(bytes, (value) => value / 255),
      options,
    ),
  ).toEqual(renderGrid(bytes, options));
  const beyond = Float32Array.of(-3, Infinity, -Infinity, 1.7);
  expect(renderGrid(beyond, shape)).toEqual(renderGrid(Uint8Array.of(0, 255, 0, 255), shape));
});

test("colour images make a colour picture", () => {
  const image = { height: 1, width: 2, channels: 3, scale: 1, gap: 0 } as const;
  const { channels, data } = decode(renderGrid(Uint8Array.of(1, 2, 3, 4, 5, 6), image));
  expect([channels, ...data]).toEqual([3, 1, 2, 3, 4, 5, 6]);
});

test("any layout is as large as its parts, and every image is where it should be", () => {
  const layout = fc.record({
    count: fc.integer({ min: 1, max: 7 }),
    columns: fc.integer({ min: 1, max: 9 }),
    scale: fc.integer({ min: 1, max: 3 }),
    gap: fc.integer({ min: 0, max: 3 }),
  });
  fc.assert(
    fc.property(layout, ({ count, columns, scale, gap }) => {
      const images = Uint8Array.from({ length: count * 6 }, (_, index) => 7 * index);
      const options = { height: 3, width: 2, channels: 1, columns, scale, gap } as const;
      const { width, height, data } = decode(renderGrid(images, options));
      const across = Math.min(columns, count);
      const down = Math.ceil(count / across);
      expect(width).toBe(4 * gap + across * 2 * scale + (across - 1) * gap);
      expect(height).toBe(4 * gap + down * 3 * scale + (down - 1) * gap);
      images.forEach((value, index) => {
        const image = Math.floor(index / 6);
        const x = 2 * gap + (image % across) * (2 * scale + gap) + (index % 2) * scale;
        const y = 2 * gap + Math.floor(image / across) * (3 * scale + gap) + Math.floor((index % 6) / 2) * scale;
        expect(data[y * width + x]).toBe(value);
        expect(data[(y + scale - 1) * width + x + scale - 1]).toBe(value);
      });
    }),
  );
});

test("refuses what cannot be drawn", () => {
  const images = new Uint8Array(8);
  const refuses = (code: string, part: object, data: Uint8Array | Float32Array = images) =>
    expect(() => renderGrid(data, { ...shape, ...part }), JSON.stringify(part)).toThrow(
      expect.objectContaining({ code }),
    );
  refuses("shape", {}, new Uint8Array(0));
  refuses("shape", {}, new Uint8Array(7));
  refuses("shape", { height: 0 });
  refuses("shape", { labels: ["one"] });
  refuses("invalid-argument", { columns: 0 });
  refuses("invalid-argument", { scale: 1.5 });
  refuses("invalid-argument", { scale: 0 });
  refuses("invalid-argument", { gap: -1 });
  refuses("invalid-argument", { scale: 1_000_000 });
  refuses("invalid-data", {}, Float32Array.of(0, NaN, 0, 0));
  expect(() => renderGrid(Float32Array.of(0, NaN, 0, 0), shape)).toThrow(
    "images/renderGrid: expected pixels that are numbers, got NaN at index 1; if a model computed them, its weights are unusable: train it anew or fetch it again",
  );
});
