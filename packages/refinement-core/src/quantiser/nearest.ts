import * as tf from "@tensorflow/tfjs-core";
import type { HostTensor } from "../pyramid/host-tensor.js";

/*
 * Nearest code by squared distance, ties to the lowest index. |x|^2 is left out: it is the same for all codes, and where
 * it is large its rounding would hide the differences that matter.
 */

/** Codes int32 [N] of vectors [N, C] in an embedding [V, C]: one product and an argMin. */
export function nearestCodes(embedding: tf.Tensor, vectors: tf.Tensor): tf.Tensor {
  const products = tf.matMul(vectors, embedding, false, true);
  return tf.argMin(tf.sub(tf.sum(tf.square(embedding), 1), tf.mul(products, 2)), 1);
}

/** Codes whose distances are summed side by side: one sum alone would wait for each addition before the next. */
const LANES = 4;

/** `nearestCodes` on the host, in double precision: [N] codes of the rows of `vectors`. */
export function nearestHostCodes(embedding: HostTensor, vectors: Float32Array): Int32Array {
  const [vocabulary = 0, channels = 0] = embedding.shape;
  const { table, halfSquares } = interleave(embedding);
  const codes = new Int32Array(vectors.length / channels);
  for (let n = 0; n < codes.length; n++) {
    const first = n * channels;
    let least = Infinity;
    let nearest = 0;
    for (let code = 0, at = 0; code < vocabulary; code += LANES) {
      let d0 = halfSquares[code]!;
      let d1 = halfSquares[code + 1]!;
      let d2 = halfSquares[code + 2]!;
      let d3 = halfSquares[code + 3]!;
      for (let c = 0; c < channels; c++, at += LANES) {
        const x = vectors[first + c]!;
        d0 -= x * table[at]!;
        d1 -= x * table[at + 1]!;
        d2 -= x * table[at + 2]!;
        d3 -= x * table[at + 3]!;
      }
      if (d0 < least) [least, nearest] = [d0, code];
      if (d1 < least) [least, nearest] = [d1, code + 1];
      if (d2 < least) [least, nearest] = [d2, code + 2];
      if (d3 < least) [least, nearest] = [d3, code + 3];
    }
    codes[n] = nearest;
  }
  return codes;
}

/** Codes in groups of `LANES`, channel by channel, and |e|^2 / 2 of each; infinite where the last group has no code. */
function interleave({ data, shape: [vocabulary = 0, channels = 0] }: HostTensor) {
  const groups = Math.ceil(vocabulary / LANES);
  const table = new Float64Array(groups * LANES * channels);
  const halfSquares = new Float64Array(groups * LANES).fill(Infinity).fill(0, 0, vocabulary);
  for (let code = 0; code < vocabulary; code++) {
    const group = Math.floor(code / LANES) * LANES * channels + (code % LANES);
    for (let c = 0; c < channels; c++) {
      const value = data[code * channels + c]!;
      table[group + c * LANES] = value;
      halfSquares[code]! += 0.5 * value * value;
    }
  }
  return { table, halfSquares };
}
