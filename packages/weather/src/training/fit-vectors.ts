import {
  concatenate,
  countCodes,
  gatherRows,
  kMeans,
  nearestHostCodes,
  permutation,
  randomStream,
} from "@nextscale/refinement-core";
import type { FittedScale } from "./fit-quantiser.js";

/** Residual vector quantisation of the tokens of a scale. */
export interface VectorFit {
  readonly width: number;
  readonly scale: number;
  readonly vocabulary: number;
  readonly stages: number;
}

/** More vectors than this for each mean do not make k-means better (faiss, `max_points_per_centroid`). */
const VECTORS_PER_MEAN = 256;

/** k-means of the vectors [N, width], then of what they leave, and so on: a function of the vectors alone. */
export function fitVectors(vectors: Float32Array, { width, scale, vocabulary, stages }: VectorFit): FittedScale {
  const stream = randomStream(0, "weather/fit-vectors");
  const order = permutation(stream, vectors.length / width, { scale, site: 1 });
  const sample = gatherRows(vectors, width, order.subarray(0, vocabulary * VECTORS_PER_MEAN));
  const found: { readonly means: Float32Array; readonly counts: Int32Array }[] = [];
  for (let stage = 0; stage < stages; stage++) {
    const { means } = kMeans(sample, width, { vocabulary, stream, address: { scale, item: stage } });
    const codes = nearestHostCodes(means, sample);
    sample.forEach(
      (value, at) => (sample[at] = value - means.data[codes[Math.floor(at / width)]! * width + (at % width)]!),
    );
    found.push({ means: means.data, counts: countCodes(codes, vocabulary) });
  }
  return {
    dimensions: stages,
    levels: vocabulary,
    weights: {
      vectors: { shape: [stages, vocabulary, width], data: concatenate(found.map(({ means }) => means)) },
    },
    counts: Float64Array.from(found.flatMap(({ counts }) => Array.from(counts))),
  };
}
