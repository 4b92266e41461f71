import { fitResidualCodebook, randomStream } from "@nextscale/refinement-core";
import type { FittedScale } from "./fit-quantiser.js";

/** Residual vector quantisation of the tokens of a scale. */
export interface VectorFit {
  readonly width: number;
  readonly scale: number;
  readonly vocabulary: number;
  readonly stages: number;
}

/** Codebooks of the vectors [N, width] by residual k-means: a function of the vectors alone. */
export function fitVectors(vectors: Float32Array, { width, scale, vocabulary, stages }: VectorFit): FittedScale {
  const stream = randomStream(0, "weather/fit-vectors");
  const { embedding, counts } = fitResidualCodebook(vectors, width, { stages, vocabulary, stream, scale });
  return {
    dimensions: stages,
    levels: vocabulary,
    weights: { vectors: embedding },
    counts: Float64Array.from(counts),
  };
}
