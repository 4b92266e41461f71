import { f32, flattenTree, isTensorType, type TensorType } from "@nextscale/engine";
import { encode, given, randomStream, uniforms, walk, traceTyped } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { imageModelConfigSchema, type ImageModelConfig } from "../../src/config/config.js";
import { weightTypes } from "../../src/generator/weights.js";
import { autoencoderSizes } from "../../src/config/autoencoder-sizes.js";
import { decodeLatents, encodeImages, isHiddenFilter } from "../../src/tokeniser/autoencoder.js";
import {
  decodingProgram,
  encodingProgram,
  latentProgram,
  type TokeniserWeights,
} from "../../src/tokeniser/programs.js";
import { autoencoderConfig, tokeniserWalk, zeroLatents } from "../../src/tokeniser/tokeniser.js";
import { largestDifference, randomWeights, runOnce, testEngine, TINY } from "../support/tiny-model.js";

const COLOUR: ImageModelConfig = {
  ...TINY,
  height: 32,
  width: 32,
  channels: 3,
  tokeniser: { ...TINY.tokeniser, scales: [1, 3, 6, 6] },
};
const ITEMS = 3;
const opened = testEngine();

const imagesOf = ({ height, width, channels }: ImageModelConfig, seed = 1) =>
  uniforms(randomStream(seed, "images"), { draws: ITEMS * height * width * channels });

describe.each([
  ["28x28x1", TINY, [5, 5]],
  ["32x32x3", COLOUR, [6, 6]],
] as const)("images of %s", (_name, config, grid) => {
  const types = weightTypes(config);
  const weights = randomWeights(config);
  const { scales, vocabulary, latentChannels } = config.tokeniser;

  test("have latents two sites smaller than a quarter, and come back in (0, 1)", async () => {
    expect(autoencoderSizes(config).latent).toEqual(grid);
    const { latents } = await runOnce(opened.engine, latentProgram(config, types, ITEMS), weights, {
      images: imagesOf(config),
    });
    expect(latents).toHaveLength(ITEMS * grid[0] * grid[1] * latentChannels);
    const back = traceTyped<Pick<TokeniserWeights, "tokeniser"> & { readonly latents: tf.Tensor }>(
      { tokeniser: types.tokeniser, latents: f32(ITEMS, ...grid, latentChannels) },
      (inputs) => ({ images: decodeLatents(inputs.tokeniser.decoder, inputs.latents, autoencoderConfig(config)) }),
    );
    const { images } = await runOnce(opened.engine, back, weights, { latents: latents! });
    expect(images).toHaveLength(imagesOf(config).length);
    expect(Array.from(images!).every((value) => value > 0 && value < 1)).toBe(true);
  });

  test("a walk with the encoder's codes has the encoder's state after every scale", async () => {
    // Both walks in one program: the encoder's choices, and the same codes given.
    const program = traceTyped<TokeniserWeights & { readonly images: tf.Tensor }>(
      {
        tokeniser: types.tokeniser,
        embeddings: types.embeddings,
        images: f32(ITEMS, config.height, config.width, config.channels),
      },
      (inputs) => {
        const model = tokeniserWalk(config, inputs.tokeniser.phi, inputs.embeddings);
        const latents = encodeImages(inputs.tokeniser.encoder, inputs.images);
        const start = zeroLatents(config, ITEMS);
        const encoded = [...walk(model.scales, start, encode(model.quantiser, latents))];
        const forced = [
          ...walk(
            model.scales,
            start,
            given(
              model.quantiser,
              encoded.map(({ codes }) => codes),
            ),
          ),
        ];
        return {
          encoded: encoded.map(({ state }) => state),
          forced: forced.map(({ state }) => state),
          codes: encoded.map(({ codes }) => codes),
        };
      },
    );
    const outputs = await runOnce(opened.engine, program, weights, { images: imagesOf(config) });
    scales.forEach((_, k) => expect(outputs[`forced/${k}`]).toEqual(outputs[`encoded/${k}`]));
    expect(outputs["encoded/0"]).not.toEqual(outputs["encoded/1"]);

    // The programs of a finished model agree: what is encoded is decoded to those states' images.
    const codes = await runOnce(opened.engine, encodingProgram(config, types, ITEMS), weights, {
      images: imagesOf(config),
    });
    scales.forEach((side, k) => {
      expect(codes[`codes/${k}`]).toEqual(outputs[`codes/${k}`]);
      expect(codes[`codes/${k}`]).toHaveLength(ITEMS * side * side);
      expect(Math.max(...Array.from(codes[`codes/${k}`]!))).toBeLessThan(vocabulary);
    });
    const all = scales.map((_, k) => k);
    const decoded = await runOnce(opened.engine, decodingProgram(config, types, ITEMS, all), weights, codes);
    const decodeStates = traceTyped<Pick<TokeniserWeights, "tokeniser"> & { readonly states: readonly tf.Tensor[] }>(
      { tokeniser: types.tokeniser, states: all.map(() => f32(ITEMS, ...grid, latentChannels)) },
      ({ tokeniser, states }) =>
        states.map((state) => decodeLatents(tokeniser.decoder, state, autoencoderConfig(config))),
    );
    const states = Object.fromEntries(all.map((k) => [`states/${k}`, outputs[`encoded/${k}`]!]));
    const expected = await runOnce(opened.engine, decodeStates, weights, states);
    for (const k of all) expect(largestDifference(decoded[`images/${k}`]!, expected[String(k)]!)).toBeLessThan(1e-5);
  });
});

test("a configuration whose parts do not fit is refused with its place", () => {
  const refused = (change: object) => imageModelConfigSchema.safeParse({ ...TINY, ...change }).error?.issues.map(({ path }) => path.join(".")); // prettier-ignore
  expect(imageModelConfigSchema.safeParse(TINY).success).toBe(true);
  expect(refused({ height: 32 })).toEqual(["tokeniser.scales"]);
  expect(refused({ tokeniser: { ...TINY.tokeniser, scales: [1, 6] } })).toEqual(["tokeniser.scales"]);
  expect(refused({ tokeniser: { ...TINY.tokeniser, scales: [3, 2, 5] } })).toEqual(["tokeniser.scales"]);
  expect(refused({ classes: ["a", "a"] })).toEqual(["classes"]);
  expect(refused({ tokeniser: { ...TINY.tokeniser, widths: [7, 8, 8] } })).toEqual(["tokeniser.widths.0"]);
  expect(refused({ refiner: { ...TINY.refiner, heads: 3 } })).toEqual(["refiner"]);
  expect(refused({ refiner: { ...TINY.refiner, width: 1e9 } })).toEqual(["refiner.width"]);
  expect(refused({ channels: 2 })).toEqual(["channels"]);
});

test("filters between activations are orthogonalised, those at pixels and everything else not", () => {
  const names = flattenTree<TensorType>(weightTypes(TINY).tokeniser, isTensorType).map(([path]) => path);
  const hidden = names.filter(isHiddenFilter);
  expect(hidden).toEqual(expect.arrayContaining(["encoder/half/first/filter", "decoder/up3/filter"]));
  expect(hidden.filter((name) => /down1|decoder\/out|position|bias|phi|norm/.test(name))).toEqual([]);
  expect(hidden).toHaveLength(names.filter((name) => name.endsWith("/filter")).length - 2);
});
