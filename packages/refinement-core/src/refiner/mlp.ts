import type * as tf from "@tensorflow/tfjs-core";
import { gelu, layerNorm } from "@nextscale/engine";
import { initLinear, linear, type LinearParameters } from "./linear.js";
import type { Network } from "./network.js";
import type { HostParameters, Initialiser } from "./parameters.js";

/** Shape of a multi-layer perceptron. */
export interface MlpConfig {
  readonly inputs: number;
  readonly width: number;
  /** Number of Linear-GELU pairs before the layer norm and the output layer. */
  readonly hiddenLayers: number;
  readonly outputs: number;
}

/** Parameters of `mlp`. */
export type MlpParameters = {
  readonly hidden: readonly LinearParameters[];
  readonly norm: { readonly scale: tf.Tensor; readonly bias: tf.Tensor };
  readonly output: LinearParameters;
};

/**
 * The paper's predictor (section 4, common setup): Linear-GELU layers of one width, layer norm, output layer. Applied to
 * rows [N, inputs] it gives [N, outputs].
 *
 * Weights start with deviation 1/sqrt(3 inputs), the variance of PyTorch's default uniform initialisation.
 */
export function mlp(config: MlpConfig): Network<MlpParameters, [x: tf.Tensor]> {
  const { inputs, width, hiddenLayers, outputs } = config;
  const layer = (random: Initialiser, from: number, to: number): HostParameters<LinearParameters> =>
    initLinear(random, from, to, Math.sqrt(1 / (3 * from)));
  return {
    init(random) {
      const hidden = Array.from({ length: hiddenLayers }, (_, index) =>
        layer(random.at("hidden").at(index), index === 0 ? inputs : width, width),
      );
      return {
        hidden,
        norm: { scale: random.constant([width], 1), bias: random.constant([width], 0) },
        output: layer(random.at("output"), width, outputs),
      };
    },
    apply(params, x) {
      const hidden = params.hidden.reduce((rows, layerParams) => gelu(linear(layerParams, rows)), x);
      return linear(params.output, layerNorm(hidden, params.norm));
    },
  };
}
