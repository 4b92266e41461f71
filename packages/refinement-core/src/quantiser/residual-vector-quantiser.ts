import * as tf from "@tensorflow/tfjs-core";
import { concatenate, gatherRows } from "../arrays.js";
import type { HostTensor } from "../pyramid/host-tensor.js";
import { permutation } from "../random/integers.js";
import type { RandomStream } from "../random/stream.js";
import { codebookAt } from "./codebook.js";
import { countCodes, kMeans } from "./k-means.js";
import { nearestHostCodes } from "./nearest.js";
import type { Quantiser } from "./quantiser.js";
import { residualQuantiser } from "./residual-quantiser.js";
import { vectorQuantiser } from "./vector-quantiser.js";

/**
 * Residual vector quantisation with the codes of all stages side by side: values [..., C], int32 codes [..., stages]. Can be
 * traced; choosing has no gradient, the value's goes to the embedding.
 *
 * @param embeddings [stages, V, C] each: one for all scales, or one for each, coarsest first
 */
export function residualVectorQuantiser(embeddings: readonly tf.Tensor[]): Quantiser<tf.Tensor, tf.Tensor> {
  const scales = embeddings.map((embedding) => {
    const stages = apart(embedding, 0).map((stage) => vectorQuantiser([stage]));
    return residualQuantiser(stages, { add: (a, b) => tf.add(a, b), subtract: (a, b) => tf.sub(a, b) });
  });
  return {
    embed: (scale, codes) => codebookAt(scales, scale).embed(0, apart(codes, codes.rank - 1)),
    quantise(scale, residual) {
      const { codes, value } = codebookAt(scales, scale).quantise(0, residual);
      return { codes: tf.stack([...codes], residual.rank - 1), value };
    },
  };
}

/** The slices of a tensor along an axis. */
function apart(stacked: tf.Tensor, axis: number): readonly tf.Tensor[] {
  const shape = stacked.shape.filter((_, at) => at !== axis);
  return tf.split(stacked, stacked.shape[axis]!, axis).map((part) => tf.reshape(part, shape));
}

/** More vectors than this for each mean do not make k-means better (faiss, `max_points_per_centroid`). */
const VECTORS_PER_MEAN = 256;

/** Codebooks of residual stages, and how often each code was chosen. */
export interface ResidualCodebook {
  /** [stages, V, C] */
  readonly embedding: HostTensor;
  /** [stages, V] */
  readonly counts: Int32Array;
}

/**
 * k-means of the vectors, then of what they leave, and so on.
 *
 * @param vectors [N, width], row-major
 * @param options.scale addresses the random numbers, for codebooks of several scales from one stream
 */
export function fitResidualCodebook(
  vectors: Float32Array,
  width: number,
  options: {
    readonly stages: number;
    readonly vocabulary: number;
    readonly stream: RandomStream;
    readonly scale?: number;
  },
): ResidualCodebook {
  const { stages, vocabulary, stream, scale = 0 } = options;
  const order = permutation(stream, vectors.length / width, { scale, site: 1 });
  const sample = gatherRows(vectors, width, order.subarray(0, vocabulary * VECTORS_PER_MEAN));
  const means: Float32Array[] = [];
  const counts = new Int32Array(stages * vocabulary);
  for (let stage = 0; stage < stages; stage++) {
    const found = kMeans(sample, width, { vocabulary, stream, address: { scale, item: stage } }).means;
    const codes = nearestHostCodes(found, sample);
    sample.forEach((value, at) => {
      sample[at] = value - found.data[codes[Math.floor(at / width)]! * width + (at % width)]!;
    });
    means.push(found.data);
    counts.set(countCodes(codes, vocabulary), stage * vocabulary);
  }
  return { embedding: { shape: [stages, vocabulary, width], data: concatenate(means) }, counts };
}
