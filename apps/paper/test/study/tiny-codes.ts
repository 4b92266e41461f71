import type { Engine, NamedArrays } from "@nextscale/engine";
import { f32, i32, type TensorType } from "@nextscale/engine";
import {
  normals,
  parameterArrays,
  parameterNormals,
  randomStream,
  residualVectorQuantiser,
  traceTyped,
  type LinearParameters,
  type NormalSource,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { constant } from "../../src/setup/method.js";
import { usualCell, type CategoricalCell } from "../../src/study/cell/cell.js";
import { categoricalModel, type CategoricalModel, type Coder } from "../../src/study/head/categorical.js";
import type { CellParameters } from "../../src/study/network/cell-network.js";
import { latentSpace } from "../../src/study/space/latent-space.js";
import type { Domain } from "../../src/study/space/space.js";
import type { TrickGround } from "../../src/study/tricks/trick.js";
import { TINY } from "./support.js";

/* Codes of 3 x 3 latents in three scales, one of eight a site: what tricks need, without a tokeniser. */

const SIDES = [1, 2, 3];
const [CHANNELS, VOCABULARY] = [4, 8];

/** "Images" are the latents and zeros, so that they show which codes were drawn. */
const domain: Domain = {
  item: [3, 3, CHANNELS],
  standardised: (items) => items,
  images: (finest) => {
    const [items = 0] = finest.shape;
    const flat = tf.reshape(finest, [items, 9 * CHANNELS]);
    return tf.reshape(tf.concat([flat, tf.zeros([items, 784 - 9 * CHANNELS])], 1), [items, 28, 28, 1]);
  },
};

/** @param size of the values that codes stand for: with 0 no scale tells the next one anything */
export function tinyGround(size = 1): TrickGround {
  const cell = usualCell("latents", "categorical", SIDES) as CategoricalCell;
  const space = latentSpace(SIDES, CHANNELS);
  const codebooks = SIDES.map((_, k) => {
    const data = normals(randomStream(k, "test/codes"), { draws: VOCABULARY * CHANNELS });
    return { shape: [1, VOCABULARY, CHANNELS], data: data.map((value) => size * value) };
  });
  const coder: Coder = {
    forms: SIDES.map(() => ({ stages: 1, vocabulary: VOCABULARY })),
    quantiser: () => residualVectorQuantiser(codebooks.map(constant)),
  };
  const ground = { domain, space, coder };
  const base = categoricalModel(cell, ground, TINY);
  const continuous = async () => ({ domain, space, deviations: SIDES.map(() => 1) });
  return { cell, ground, settings: TINY, base, continuous, signalToNoise: async () => [0, 1, 4] };
}

/** Parameters larger than a training starts with, so that class and context matter: heads start at nearly nothing. */
export const source: NormalSource = (path, count) =>
  parameterNormals(3)(path, count).map((value) => (path.startsWith("heads") ? 100 : 5) * value);

/** Weights of a model, by name. */
export function weightsOf(model: CategoricalModel, prefix = "parameters"): NamedArrays {
  return parameterArrays(model.init(source), prefix);
}

export const ITEMS = 4;

/** Latents to learn from. */
export const items = normals(randomStream(9, "test/items"), { items: ITEMS, draws: 9 * CHANNELS });
export const labels = Int32Array.of(0, 1, 2, 10);

/** Value of a loss of the tiny latents. */
export async function lossOf(
  engine: Engine,
  model: CategoricalModel,
  loss: (params: CellParameters<LinearParameters>, states: tf.Tensor, labels: tf.Tensor, random: Record<string, tf.Tensor>) => tf.Tensor, // prettier-ignore
  random: NamedArrays = {},
): Promise<number> {
  type Inputs = {
    readonly parameters: CellParameters<LinearParameters>;
    readonly items: tf.Tensor;
    readonly labels: tf.Tensor;
    readonly random: Record<string, tf.Tensor>;
  };
  const types: Record<string, TensorType> = Object.fromEntries(
    Object.entries(random).map(([name, data]) => [name, f32(data.length)]),
  );
  const signature = { parameters: model.types, items: f32(ITEMS, 3, 3, CHANNELS), labels: i32(ITEMS), random: types };
  const program = traceTyped<Inputs>(signature, (inputs) => ({
    loss: loss(inputs.parameters, inputs.items, inputs.labels, inputs.random),
  }));
  const executable = await engine.compile(program, { constants: weightsOf(model) });
  const named = Object.entries(random).map(([name, data]) => [`random/${name}`, data]);
  const outputs = await executable.run({ items, labels, ...(Object.fromEntries(named) as NamedArrays) });
  await executable.close();
  return outputs["loss"]![0]!;
}
