import { evaluateProgram, f32 } from "@nextscale/engine";
import { laplacianPyramid, reconstruct, traceTyped } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { pixelsAt } from "../../src/data/digits.js";
import { PAPER } from "../../src/settings.js";
import { bandsMethod, finestBand, pyramidOf } from "../../src/setup/bands.js";
import { levelPixels, matchedWidth, networkShapes, parameterCount } from "../../src/variant/networks.js";
import type { BandsVariant } from "../../src/variant/variant.js";
import { rectangles } from "../support/digits.js";

const COUNT = 3;
const images = pixelsAt(rectangles(COUNT, 3), [0, 1, 2]);
type Input = { readonly images: tf.Tensor };
const rows = { images: f32(COUNT, PAPER.pixels) };
const evaluated = (program: ReturnType<typeof traceTyped>) => evaluateProgram(program, { images });

test.each([2, 3])("a pyramid of %i bands gives the image back", (bands) => {
  const program = traceTyped<Input>(rows, ({ images: x }) => {
    const grid = tf.reshape(x, [COUNT, 28, 28, 1]);
    const pyramid = laplacianPyramid(pyramidOf(bands), grid, bands - 1);
    return { back: tf.reshape(reconstruct(pyramidOf(bands), pyramid), [COUNT, PAPER.pixels]) };
  });
  const { back } = evaluated(program);
  images.forEach((value, i) => expect(back![i]).toBeCloseTo(value, 5));
});

test("a constant image has no high frequencies, a noisy one has", () => {
  const program = traceTyped<Input>(rows, ({ images: x }) => ({ flat: finestBand(tf.add(tf.mul(x, 0), 0.7)), own: finestBand(x) })); // prettier-ignore
  const { flat, own } = evaluated(program);
  expect(Math.max(...Array.from(flat!, Math.abs))).toBeLessThan(1e-6);
  expect(Math.max(...Array.from(own!, Math.abs))).toBeGreaterThan(0.1);
});

const VARIANTS = ([2, 3] as const).flatMap((bands) =>
  ([1, 2] as const).map((hiddenLayers): BandsVariant => ({ kind: "bands", bands, hiddenLayers, target: "band" })),
);

test.each(VARIANTS)(
  "$bands bands with $hiddenLayers hidden layers have the parameters of one network, within 1 %",
  (variant) => {
    const single = parameterCount(networkShapes({ kind: "pixels", hiddenLayers: variant.hiddenLayers }));
    const own = parameterCount(networkShapes(variant));
    expect(Math.abs(own / single - 1)).toBeLessThan(0.01);
    // Control: at the paper's width they would have far more.
    expect(matchedWidth(variant)).toBeLessThan(PAPER.width);
  },
);

test("the single-shot network has the parameters of its layers", () => {
  const { pixels, width } = PAPER;
  const ends = (pixels + 1) * width + 2 * width + (width + 1) * pixels;
  expect(parameterCount(networkShapes({ kind: "pixels", hiddenLayers: 1 }))).toBe(ends);
  expect(parameterCount(networkShapes({ kind: "pixels", hiddenLayers: 2 }))).toBe(ends + (width + 1) * width);
  expect(levelPixels(3)).toEqual([784, 196, 49]);
});

test.each(["band", "remainder"] as const)("networks that predict nothing lose what is in the %s", (target) => {
  const variant: BandsVariant = { kind: "bands", bands: 2, hiddenLayers: 1, target };
  const program = traceTyped<Input>(rows, ({ images: x }) => {
    const networks = Object.fromEntries(
      Object.entries(networkShapes(variant)).map(([name, { inputs, width, outputs }]) => {
        const layer = (from: number, to: number) => ({ weight: tf.zeros([from, to]), bias: tf.zeros([to]) });
        const norm = { scale: tf.ones([width]), bias: tf.zeros([width]) };
        return [name, { hidden: [layer(inputs, width)], norm, output: layer(width, outputs) }];
      }),
    );
    const grid = tf.reshape(x, [COUNT, 28, 28, 1]);
    const { coarsest, residuals } = laplacianPyramid(pyramidOf(2), grid, 1);
    // With a coarse prediction of zero what remains is the whole image.
    const fine = target === "band" ? residuals[0]! : grid;
    const lost = tf.add(tf.mean(tf.square(coarsest)), tf.mean(tf.square(fine)));
    return { loss: bandsMethod(variant).loss(networks, { clean: x, noisy: x }), lost };
  });
  const { loss, lost } = evaluated(program);
  expect(loss![0]).toBeCloseTo(lost![0]!, 6);
  expect(loss![0]).toBeGreaterThan(0.01);
});
