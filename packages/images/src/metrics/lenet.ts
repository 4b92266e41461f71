import {
  initLinear,
  linear,
  type HostParameters,
  type Initialiser,
  type LinearParameters,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import {
  conv,
  initConv,
  initNorm,
  normActivate,
  type ConvParameters,
  type NormParameters,
} from "../tokeniser/layers.js";

/** Shape of a feature network. */
export interface LenetConfig {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly classes: number;
  /** Length of a feature vector, and of the hidden layer before it. */
  readonly features: number;
}

/** Parameters of the network. */
export type LenetParameters = {
  readonly convolutions: readonly (ConvParameters & { readonly norm: NormParameters })[];
  readonly hidden: LinearParameters;
  readonly features: LinearParameters;
  readonly logits: LinearParameters;
};

/** Factors, 0 or 1/(1 − p), that multiply activations in training; absent in use. */
export type LenetDropout = {
  /** [B, features]: units of the hidden layer. */
  readonly hidden: tf.Tensor;
  /** [B, features]: features, before the class scores. */
  readonly features: tf.Tensor;
};

/**
 * Convolutions in order; each halves the image. Their stride takes the place of LeNet's pooling, for a quarter of the work,
 * and the third brings 28x28 images down to 4x4, so that most parameters are not in the first dense layer.
 */
const CONVOLUTIONS = [
  { size: 5, outputs: 32 },
  { size: 3, outputs: 64 },
  { size: 3, outputs: 64 },
] as const;

/**
 * Initial parameters: normal with variance 2/fan-in before a rectifier (He et al. 2015) and 1/fan-in before the class
 * scores, zero biases.
 */
export function initLenet(random: Initialiser, config: LenetConfig): HostParameters<LenetParameters> {
  const { height, width, channels, features, classes } = config;
  const last = (extent: number): number => CONVOLUTIONS.reduce((size) => Math.ceil(size / 2), extent);
  const flat = last(height) * last(width) * CONVOLUTIONS[2].outputs;
  return {
    convolutions: CONVOLUTIONS.map(({ size, outputs }, i) => {
      const inputs = CONVOLUTIONS[i - 1]?.outputs ?? channels;
      const own = random.at("convolutions").at(i);
      return { ...initConv(own, { size, inputs, outputs }), norm: initNorm(own, outputs) };
    }),
    hidden: initLinear(random.at("hidden"), flat, features, Math.sqrt(2 / flat)),
    features: initLinear(random.at("features"), features, features, Math.sqrt(2 / features)),
    logits: initLinear(random.at("logits"), features, classes, Math.sqrt(1 / features)),
  };
}

/**
 * Features and class scores of images.
 *
 * A LeNet (LeCun et al. 1998) with the layers of the Fréchet LeNet distance (github.com/dfaroughy/FID-MNIST): convolutions,
 * two dense layers of `features` units, of which the second is the feature vector, and the class scores.
 *
 * @param images [B, height, width, channels] in [0, 1]
 * @returns features [B, features], after the rectifier, and logits [B, classes]
 */
export function lenet(
  parameters: LenetParameters,
  images: tf.Tensor,
  dropout?: LenetDropout,
): { readonly features: tf.Tensor; readonly logits: tf.Tensor } {
  const maps = parameters.convolutions.reduce((x, layer) => normActivate(conv(x, layer, 2), layer.norm), images);
  const flat = tf.reshape(maps, [images.shape[0] ?? 0, -1]);
  const hidden = tf.relu(linear(parameters.hidden, flat));
  const features = tf.relu(linear(parameters.features, thinned(hidden, dropout?.hidden)));
  return { features, logits: linear(parameters.logits, thinned(features, dropout?.features)) };
}

function thinned(x: tf.Tensor, factors: tf.Tensor | undefined): tf.Tensor {
  return factors === undefined ? x : tf.mul(x, factors);
}
