import { NextscaleError } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import { hostTensor, type HostTensor } from "../pyramid/host-tensor.js";
import type { RandomStream } from "../random/stream.js";
import { codebookAt } from "./codebook.js";
import { kMeans } from "./k-means.js";
import type { Quantiser } from "./quantiser.js";

/**
 * Product quantisation (Jegou et al. 2011): a vector is cut into parts of equal length, each with a codebook of its own, so
 * that V codes a part make V^parts vectors.
 *
 * Values [..., parts * c], int32 codes [..., parts]. Can be traced; choosing has no gradient, the value's goes to the embedding.
 *
 * @param embeddings [parts, V, c] each: one for all scales, or one for each, coarsest first
 */
export function productQuantiser(embeddings: readonly tf.Tensor[]): Quantiser<tf.Tensor, tf.Tensor> {
  const embed = (scale: number, codes: tf.Tensor): tf.Tensor => {
    const embedding = codebookAt(embeddings, scale);
    const [parts, vocabulary, channels] = embedding.shape as [number, number, number];
    const first = tf.tensor1d(Int32Array.from({ length: parts }, (_, part) => part * vocabulary), "int32"); // prettier-ignore
    const rows = tf.gather(tf.reshape(embedding, [parts * vocabulary, channels]), tf.add(codes, first));
    return tf.reshape(rows, [...codes.shape.slice(0, -1), parts * channels]);
  };
  return {
    embed,
    quantise(scale, residual) {
      const embedding = codebookAt(embeddings, scale);
      const [parts, vocabulary, channels] = embedding.shape as [number, number, number];
      requireWidth(parts * channels, residual.shape);
      const vectors = tf.transpose(tf.reshape(residual, [-1, parts, channels]), [1, 0, 2]);
      const lengths = tf.reshape(tf.sum(tf.square(embedding), 2), [parts, 1, vocabulary]);
      const distances = tf.sub(lengths, tf.mul(tf.matMul(vectors, embedding, false, true), 2));
      const codes = tf.reshape(tf.transpose(tf.argMin(distances, 2)), [...residual.shape.slice(0, -1), parts]);
      return { codes, value: embed(scale, codes) };
    },
  };
}

/**
 * Codebooks of the parts by k-means: [parts, V, c], for `productQuantiser`.
 *
 * @param vectors [N, width], row-major
 * @throws NextscaleError `shape` when a vector cannot be cut into so many equal parts
 */
export function fitProductCodebook(
  vectors: Float32Array,
  width: number,
  options: { readonly parts: number; readonly vocabulary: number; readonly stream: RandomStream },
): HostTensor {
  const { parts, vocabulary, stream } = options;
  const channels = width / parts;
  if (!Number.isInteger(channels)) requireWidth(parts * Math.ceil(channels), [width]);
  const means = Array.from({ length: parts }, (_, part) => {
    const own = Float32Array.from({ length: (vectors.length / width) * channels }, (_, i) => {
      return vectors[Math.floor(i / channels) * width + part * channels + (i % channels)]!;
    });
    return kMeans(own, channels, { vocabulary, stream, address: { item: part } }).means.data;
  });
  const embedding = new Float32Array(parts * vocabulary * channels);
  means.forEach((data, part) => embedding.set(data, part * vocabulary * channels));
  return hostTensor([parts, vocabulary, channels], embedding);
}

function requireWidth(width: number, value: readonly number[]): void {
  if (value[value.length - 1] === width) return;
  throw new NextscaleError({
    code: "shape",
    where: "refinement-core/productQuantiser",
    expected: `vectors of ${width} numbers, all parts together`,
    got: `[${value.join()}]`,
  });
}
