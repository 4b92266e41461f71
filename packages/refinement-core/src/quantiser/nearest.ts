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

/** `nearestCodes` on the host, in double precision: [N] codes of the rows of `vectors`. */
export function nearestHostCodes(embedding: HostTensor, vectors: Float32Array): Int32Array {
  const [vocabulary = 0, channels = 0] = embedding.shape;
  const halfSquares = new Float64Array(vocabulary);
  embedding.data.forEach((value, i) => (halfSquares[Math.floor(i / channels)]! += 0.5 * value * value));
  const codes = new Int32Array(vectors.length / channels);
  for (let n = 0; n < codes.length; n++) {
    let least = Infinity;
    for (let code = 0; code < vocabulary; code++) {
      let distance = halfSquares[code]!;
      for (let c = 0; c < channels; c++) distance -= vectors[n * channels + c]! * embedding.data[code * channels + c]!;
      if (distance < least) {
        least = distance;
        codes[n] = code;
      }
    }
  }
  return codes;
}
