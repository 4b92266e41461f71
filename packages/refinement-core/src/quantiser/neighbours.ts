import { NextscaleError } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import type { HostTensor } from "../pyramid/host-tensor.js";

/**
 * For each code the codes nearest to it, nearest first and itself left out: [V, count]. Self-correction that replaces codes by
 * near ones makes the errors that a refiner makes, where any code at all would be easy to tell; see `nearbyCodes`.
 *
 * @param embedding [V, C]
 * @throws NextscaleError `invalid-argument` unless 1 <= count < V
 */
export function codeNeighbours({ shape, data }: HostTensor, count: number): HostTensor<Int32Array> {
  const [vocabulary = 0, channels = 0] = shape;
  if (!(Number.isInteger(count) && count >= 1 && count < vocabulary)) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "refinement-core/codeNeighbours",
      expected: `from 1 to ${vocabulary - 1} neighbours`,
      got: `${count}`,
    });
  }
  const neighbours = new Int32Array(vocabulary * count);
  for (let code = 0; code < vocabulary; code++) {
    const distances = Float64Array.from({ length: vocabulary }, (_, other) => {
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += (data[code * channels + c]! - data[other * channels + c]!) ** 2;
      return sum;
    });
    const others = Array.from(distances.keys()).filter((other) => other !== code);
    others.sort((a, b) => distances[a]! - distances[b]!);
    neighbours.set(others.slice(0, count), code * count);
  }
  return { shape: [vocabulary, count], data: neighbours };
}

/**
 * A neighbour of each code: int32 [...] -> [...]. Can be traced.
 *
 * @param neighbours int32 [V, count], from `codeNeighbours`
 * @param choices int32 of the codes' shape, which neighbour: the replacements of `codeNoise` with `count` for its vocabulary
 */
export function nearbyCodes(neighbours: tf.Tensor, codes: tf.Tensor, choices: tf.Tensor): tf.Tensor {
  const [vocabulary = 0, count = 0] = neighbours.shape;
  const all = tf.reshape(neighbours, [vocabulary * count]);
  return tf.gather(all, tf.add(tf.mul(codes, tf.scalar(count, "int32")), choices));
}
