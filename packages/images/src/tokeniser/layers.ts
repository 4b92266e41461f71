import { layerNorm, silu } from "@nextscale/engine";
import type { HostParameters, Initialiser } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";

/*
 * Convolutional layers on grids [items, height, width, channels]. Parameters are plain records; `init*` draws them on
 * the host, the functions of the same name apply them inside a trace.
 */

/** Filter [height, width, inputs, outputs] (transposed: [height, width, outputs, inputs]) and bias [outputs]. */
export type ConvParameters = { readonly filter: tf.Tensor; readonly bias: tf.Tensor };

/** Scale and bias per channel. */
export type NormParameters = { readonly scale: tf.Tensor; readonly bias: tf.Tensor };

/** Two convolutions on a shortcut. */
export type ResidualParameters = {
  readonly norm: NormParameters;
  readonly first: ConvParameters;
  readonly second: ConvParameters;
};

/** A convolution's initial parameters: normal with variance `gain` / fan-in. */
export function initConv(
  random: Initialiser,
  { size, inputs, outputs, gain = 1 }: { size: number; inputs: number; outputs: number; gain?: number },
): HostParameters<ConvParameters> {
  return {
    filter: random.normal("filter", [size, size, inputs, outputs], Math.sqrt(gain / (size * size * inputs))),
    bias: random.constant([outputs], 0),
  };
}

/** A convolution, "same" padding. */
export function conv(x: tf.Tensor, { filter, bias }: ConvParameters, stride = 1): tf.Tensor {
  return tf.add(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, "same"), bias);
}

/** A convolution without padding: 3x3 takes one site off every side. */
export function convValid(x: tf.Tensor, { filter, bias }: ConvParameters): tf.Tensor {
  return tf.add(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "valid"), bias);
}

/** Initial parameters of a transposed convolution. Each output site hears (size / stride)^2 inputs. */
export function initTransposed(
  random: Initialiser,
  { size, stride, inputs, outputs }: { size: number; stride: number; inputs: number; outputs: number },
): HostParameters<ConvParameters> {
  const fanIn = (size / stride) ** 2 * inputs;
  return {
    filter: random.normal("filter", [size, size, outputs, inputs], Math.sqrt(1 / fanIn)),
    bias: random.constant([outputs], 0),
  };
}

/** A transposed convolution to a grid of [height, width]. */
export function transposed(
  x: tf.Tensor,
  { filter, bias }: ConvParameters,
  [height, width]: readonly [number, number],
  stride: number,
  padding: "same" | "valid",
): tf.Tensor {
  const shape: [number, number, number, number] = [x.shape[0], height, width, filter.shape[2]!];
  return tf.add(tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, shape, stride, padding), bias);
}

/** Initial parameters of a norm: the identity. */
export function initNorm(random: Initialiser, channels: number): HostParameters<NormParameters> {
  return { scale: random.constant([channels], 1), bias: random.constant([channels], 0) };
}

/** Layer norm over the channels of each site (as in ConvNeXt, Liu et al. 2022), then SiLU. */
export function normActivate(x: tf.Tensor, norm: NormParameters): tf.Tensor {
  return silu(layerNorm(x, norm));
}

/** Initial parameters of a residual block; the second convolution starts at zero, the block as the identity. */
export function initResidual(
  random: Initialiser,
  channels: number,
  hidden = channels,
): HostParameters<ResidualParameters> {
  return {
    norm: initNorm(random.at("norm"), channels),
    first: initConv(random.at("first"), { size: 3, inputs: channels, outputs: hidden }),
    second: initConv(random.at("second"), { size: 3, inputs: hidden, outputs: channels, gain: 0 }),
  };
}

/** x + conv(silu(conv(silu(norm(x))))). */
export function residual(x: tf.Tensor, { norm, first, second }: ResidualParameters): tf.Tensor {
  return tf.add(x, conv(silu(conv(normActivate(x, norm), first)), second));
}
