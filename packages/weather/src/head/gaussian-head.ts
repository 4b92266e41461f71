import { f32 } from "@nextscale/engine";
import { normals, sampled, walk, type Quantiser } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { GaussianHeadConfig } from "../config/head-config.js";
import type { FieldGeometry } from "../refiner/field-geometry.js";
import type { HeadWeights, OneRunHead } from "./head.js";

/** The mean and the deviation of coordinates [B, tokens, D]. */
export interface Gaussian {
  readonly mean: tf.Tensor;
  readonly logDeviation: tf.Tensor;
}

/** Deviations are kept from 0.7 % to 20 times the coordinate's own. */
const LOG_DEVIATION = { least: -5, most: 3 } as const;

/**
 * The same scales and the same coordinates as the categorical head's, not quantised: each has a mean and a deviation of its
 * own (section 6 of the paper: a Gaussian decoder in place of a discrete one).
 */
export function gaussianHead(
  { dimensions }: GaussianHeadConfig,
  { channels, scales, tokens }: FieldGeometry,
): OneRunHead {
  return {
    kind: "one run",
    inputs: 0,
    features: 0,
    outputs: dimensions.map((count) => 2 * count),
    weights: dimensions.map((count, k) => ({
      axes: f32(count, tokens[k]!.side ** 2 * channels),
      deviations: f32(count),
    })),
    evaluations: 1 + scales.length,
    noiseTypes: (items) =>
      Object.fromEntries(dimensions.map((count, k) => [`scale${k}`, f32(items, tokens[k]!.count, count)])),
    noise: (stream, items) =>
      Object.fromEntries(
        dimensions.map((draws, scale) => {
          return [`scale${scale}`, normals(stream, { items, scale, sites: tokens[scale]!.count, draws })];
        }),
      ),
    draw(network, weights, noise, sharpness) {
      const encoding = network.encode();
      const predict =
        () =>
        ({ index, context }: { readonly index: number; readonly context: tf.Tensor }) =>
          gaussianOf(network.refine(index, context, encoding));
      const draw = (k: number, { mean, logDeviation }: Gaussian) => {
        const scatter = tf.mul(tf.mul(tf.exp(logDeviation), noise[`scale${k}`]!), tf.slice(sharpness, [k], [1]));
        return tf.add(mean, scatter);
      };
      const start = tf.zeros([network.items, tokens[0]!.height, tokens[0]!.width, channels]);
      return [...walk(scales, start, sampled(coordinates(weights), predict, draw))].at(-1)!.state;
    },
  };
}

/** Mean and deviation from what the network gives for each token [B, tokens, 2 D]. */
export function gaussianOf(output: tf.Tensor): Gaussian {
  const [mean, deviation] = tf.split(output, 2, 2) as [tf.Tensor, tf.Tensor];
  return { mean, logDeviation: tf.minimum(tf.maximum(deviation, LOG_DEVIATION.least), LOG_DEVIATION.most) };
}

/** What tokens are along the axes; what lies across them is dropped. */
export function unrounded(weights: HeadWeights): Quantiser<tf.Tensor, tf.Tensor> {
  return coordinates(weights.map(({ axes }) => ({ axes: axes!, deviations: tf.ones([axes!.shape[0]]) })));
}

/** Tokens as coordinates in units of their deviations, and back; what lies across the axes is dropped. */
export function coordinates(weights: HeadWeights): Quantiser<tf.Tensor, tf.Tensor> {
  const turned = (x: tf.Tensor, matrix: tf.Tensor, transposed: boolean): tf.Tensor => {
    const [items = 0, tokens = 0, width = 0] = x.shape;
    const rows = tf.matMul(tf.reshape(x, [items * tokens, width]), matrix, false, transposed);
    return tf.reshape(rows, [items, tokens, -1]);
  };
  const embed = (k: number, codes: tf.Tensor) =>
    turned(tf.mul(codes, weights[k]!["deviations"]!), weights[k]!["axes"]!, false);
  return {
    embed,
    quantise(k, residual) {
      const codes = tf.div(turned(residual, weights[k]!["axes"]!, true), weights[k]!["deviations"]!);
      return { codes, value: embed(k, codes) };
    },
  };
}
