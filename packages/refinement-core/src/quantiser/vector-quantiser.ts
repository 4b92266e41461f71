import * as tf from "@tensorflow/tfjs-core";
import { NextscaleError } from "@nextscale/engine";
import type { HostTensor } from "../pyramid/host-tensor.js";
import { codebookAt } from "./codebook.js";
import { nearestCodes, nearestHostCodes } from "./nearest.js";
import type { Quantiser } from "./quantiser.js";

/*
 * Vector quantisation at every site: values [..., C], int32 codes [...]. The same in a trace and on the host.
 */

/**
 * Quantises tensors; can be traced. Choosing has no gradient; the value's gradient goes to the embedding.
 *
 * @param embeddings [V, C] each: one for all scales, or one for each scale, coarsest first
 */
export function vectorQuantiser(embeddings: readonly tf.Tensor[]): Quantiser<tf.Tensor, tf.Tensor> {
  const embed = (scale: number, codes: tf.Tensor): tf.Tensor => tf.gather(codebookAt(embeddings, scale), codes);
  return {
    embed,
    quantise(scale, residual) {
      const embedding = codebookAt(embeddings, scale);
      const vectors = tf.reshape(residual, [-1, channelsOf(embedding.shape, residual.shape)]);
      const codes = tf.reshape(nearestCodes(embedding, vectors), residual.shape.slice(0, -1));
      return { codes, value: embed(scale, codes) };
    },
  };
}

/** Quantises host values. The codes are those of `vectorQuantiser` but where two distances agree to float32 precision. */
export function hostVectorQuantiser(embeddings: readonly HostTensor[]): Quantiser<HostTensor, HostTensor<Int32Array>> {
  const embed = (scale: number, codes: HostTensor<Int32Array>): HostTensor => {
    const { shape, data } = codebookAt(embeddings, scale);
    const channels = shape[1]!;
    const value = new Float32Array(codes.data.length * channels);
    codes.data.forEach((code, n) => value.set(data.subarray(code * channels, (code + 1) * channels), n * channels));
    return { shape: [...codes.shape, channels], data: value };
  };
  return {
    embed,
    quantise(scale, residual) {
      const embedding = codebookAt(embeddings, scale);
      channelsOf(embedding.shape, residual.shape);
      const codes = { shape: residual.shape.slice(0, -1), data: nearestHostCodes(embedding, residual.data) };
      return { codes, value: embed(scale, codes) };
    },
  };
}

function channelsOf(embedding: readonly number[], value: readonly number[]): number {
  const channels = embedding[1];
  if (channels !== undefined && value[value.length - 1] === channels) return channels;
  throw new NextscaleError({
    code: "shape",
    where: "refinement-core/vectorQuantiser",
    expected: `values of ${channels} channels, as the codebook has`,
    got: `[${value.join()}]`,
  });
}
