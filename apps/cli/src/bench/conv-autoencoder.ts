import { f32, gelu } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import { defineNetwork } from "./network.js";

const BATCH = 128;
const SIZE = 28;
const CHANNELS = 32;

type Filter = { readonly filter: tf.Tensor; readonly bias: tf.Tensor };

const filter = (inputs: number, outputs: number, size: number) => ({
  filter: f32(size, size, inputs, outputs),
  bias: f32(outputs),
});
/** Transposed convolutions hold their filter as [height, width, outputs, inputs]. */
const transposed = (inputs: number, outputs: number) => ({ filter: f32(4, 4, outputs, inputs), bias: f32(outputs) });

const parameters = {
  down1: filter(1, CHANNELS, 4),
  down2: filter(CHANNELS, CHANNELS, 4),
  middle: filter(CHANNELS, CHANNELS, 3),
  up1: transposed(CHANNELS, CHANNELS),
  up2: transposed(CHANNELS, 1),
};

const convolve = (x: tf.Tensor, p: Filter, stride: number) =>
  tf.add(tf.conv2d(x as tf.Tensor4D, p.filter as tf.Tensor4D, stride, "same"), p.bias);

const expand = (x: tf.Tensor, p: Filter, size: number, channels: number) =>
  tf.add(
    tf.conv2dTranspose(x as tf.Tensor4D, p.filter as tf.Tensor4D, [BATCH, size, size, channels], 2, "same"),
    p.bias,
  );

/** Multiply-adds of the forward pass by layer: output (or, transposed, input) sites times filter elements. */
const down1 = 14 * 14 * 16 * CHANNELS;
const down2 = 7 * 7 * 16 * CHANNELS * CHANNELS;
const middle = 7 * 7 * 9 * CHANNELS * CHANNELS;
const up1 = 7 * 7 * 16 * CHANNELS * CHANNELS;
const up2 = 14 * 14 * 16 * CHANNELS;
/** All gradients but that of the image. */
const flops = 2 * BATCH * (3 * (down1 + down2 + middle + up1 + up2) - down1);

/** A small convolutional autoencoder of 28x28 images: stride-2 down to 7x7 and back, mean squared error. */
export const convAutoencoder = defineNetwork({
  name: "conv autoencoder 28x28, batch 128",
  parameters,
  batch: { images: f32(BATCH, SIZE, SIZE, 1) },
  loss: (p, { images }) => {
    const half = gelu(convolve(images, p.down1, 2));
    const latent = gelu(convolve(gelu(convolve(half, p.down2, 2)), p.middle, 1));
    const output = expand(gelu(expand(latent, p.up1, 14, CHANNELS)), p.up2, SIZE, 1);
    return tf.mean(tf.square(tf.sub(output, images)));
  },
  classes: 1,
  flops,
  stepsPerRun: 4,
});
