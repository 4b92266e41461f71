import { f32, gelu, layerNorm } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import { defineNetwork } from "./network.js";

const BATCH = 256;
const WIDTHS = [784, 512, 512, 784] as const;

const layer = (inputs: number, outputs: number) => ({ weight: f32(inputs, outputs), bias: f32(outputs) });
const norm = (width: number) => ({ scale: f32(width), bias: f32(width) });

const parameters = {
  first: layer(WIDTHS[0], WIDTHS[1]),
  firstNorm: norm(WIDTHS[1]),
  second: layer(WIDTHS[1], WIDTHS[2]),
  secondNorm: norm(WIDTHS[2]),
  last: layer(WIDTHS[2], WIDTHS[3]),
};

const dense = (x: tf.Tensor, { weight, bias }: { readonly weight: tf.Tensor; readonly bias: tf.Tensor }) =>
  tf.add(tf.matMul(x, weight), bias);

/** Products: forward all three, gradients of all weights, gradients of the inputs of all but the first. */
const flops = 2 * BATCH * (3 * (784 * 512 + 512 * 512 + 512 * 784) - 784 * 512);

/** The paper's denoising MLP: 784-512-512-784, GELU then layer norm, mean squared error. */
export const mlp = defineNetwork({
  name: "MLP 784-512-512-784, batch 256",
  parameters,
  batch: { x: f32(BATCH, WIDTHS[0]), target: f32(BATCH, WIDTHS[3]) },
  loss: (p, { x, target }) => {
    const first = layerNorm(gelu(dense(x, p.first)), p.firstNorm);
    const second = layerNorm(gelu(dense(first, p.second)), p.secondNorm);
    return tf.mean(tf.square(tf.sub(dense(second, p.last), target)));
  },
  classes: 1,
  flops,
  stepsPerRun: 16,
});
