import { f32, isNextscaleError, type Engine } from "@nextscale/engine";
import { openEngine } from "@nextscale/engine/node";
import { encode, traceTyped, uniforms, randomStream, walk } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createImageModel, frozenTokeniser } from "../../src/index.js";
import { readImageModel } from "../../src/node/index.js";

let engine: Engine;
beforeAll(async () => void (engine = await openEngine()));
afterAll(() => engine.close());

test("the frozen tokeniser encodes and decodes as the model that it is part of", async () => {
  const content = await readImageModel("mnist");
  const tokeniser = frozenTokeniser(content);
  expect(tokeniser.latent).toEqual([5, 5, 24]);
  const items = 2;
  const program = traceTyped<{ readonly images: tf.Tensor }>({ images: f32(items, 28, 28, 1) }, ({ images }) => {
    const { scales, quantiser } = tokeniser.walk();
    const visits = [
      ...walk(scales, tf.zeros([items, ...tokeniser.latent]), encode(quantiser, tokeniser.latents(images))),
    ];
    return { codes: visits.map(({ codes }) => codes), images: tokeniser.images(visits.at(-1)!.state) };
  });
  const data = uniforms(randomStream(1, "test/frozen"), { items, draws: 784 });
  const executable = await engine.compile(program);
  const outputs = await executable.run({ images: data });
  const model = createImageModel(content, { engine });
  const batch = { data, count: items, height: 28, width: 28, channels: 1 };
  const codes = await model.encode(batch);
  codes.forEach((scale, k) => expect([...outputs[`codes/${k}`]!]).toEqual([...scale]));
  const decoded = await model.reconstruct(batch);
  decoded.data.forEach((value, at) => expect(outputs["images"]![at]).toBeCloseTo(value, 5));
});

test("weights that are not those of the configuration are refused", async () => {
  const { config, tensors } = await readImageModel("mnist");
  const others = Object.fromEntries(Object.entries(tensors).filter(([name]) => name !== "embeddings/0"));
  expect(() => frozenTokeniser({ config, tensors: others })).toThrow(/embeddings\/0/);
  try {
    frozenTokeniser({ config, tensors: others });
  } catch (error) {
    expect(isNextscaleError(error, "invalid-data")).toBe(true);
  }
});
