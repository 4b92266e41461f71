import * as tf from "@tensorflow/tfjs-core";
import { codebookAt, type Codebook } from "./codebook.js";
import { addStatistics, codeStatistics, restartCodes, updateCodebook } from "./moving-average.js";

/** How codebooks are learned. */
export interface LearnCodebooks {
  /** Of the moving averages, such as 0.99. */
  readonly decay: number;
  readonly restart: {
    /** Share of its expected hits below which a code is restarted, such as 0.05. */
    readonly threshold: number;
    /**
     * int32 [V] for each codebook: rows of the batch's vectors, uniform below `tokensOf` that codebook; an input of the
     * program, drawn on the host.
     */
    readonly choices: readonly tf.Tensor[];
    /** One element, 1 or 0: whether restarts happen at this step. */
    readonly active: tf.Tensor;
  };
}

/** Codebooks after a step, with what diagnostics want to know. */
export type LearnedCodebooks = {
  readonly codebooks: readonly Codebook<tf.Tensor>[];
  /** [V] for each scale: hits in this batch. */
  readonly hits: readonly tf.Tensor[];
  /** For each codebook: how many codes were restarted, one element. */
  readonly restarted: readonly tf.Tensor[];
};

/** What a walk's visit contributes: codes int32 [...] and the residual [..., C] that they were chosen for. */
export interface CodedResidual {
  readonly codes: tf.Tensor;
  readonly residual: tf.Tensor;
}

/**
 * One learning step of all codebooks from the visits of an encoding walk, inside a traced training step: moving
 * averages, then restarts. A shared codebook learns from all scales, a scale's own from that scale; what is expected of
 * a code follows from the tokens of just those scales.
 */
export function learnCodebooks(
  codebooks: readonly Codebook<tf.Tensor>[],
  visits: readonly CodedResidual[],
  { decay, restart }: LearnCodebooks,
): LearnedCodebooks {
  const statistics = visits.map(({ codes, residual }, scale) => {
    return codeStatistics(codes, residual, codebookAt(codebooks, scale).count.size);
  });
  const learned = codebooks.map((codebook, book) => {
    const ours = (scale: number) => codebookAt(codebooks, scale) === codebook;
    const updated = updateCodebook(codebook, statistics.filter((_, scale) => ours(scale)).reduce(addStatistics), decay);
    const [vocabulary = 0, channels = 0] = codebook.embedding.shape;
    const vectors = visits.filter((_, scale) => ours(scale)).map((v) => tf.reshape(v.residual, [-1, channels]));
    const pool = tf.concat(vectors, 0);
    return restartCodes(updated, {
      expected: pool.shape[0] / vocabulary,
      threshold: restart.threshold,
      pool,
      choices: restart.choices[book]!,
      active: restart.active,
    });
  });
  return {
    codebooks: learned.map(({ codebook }) => codebook),
    hits: statistics.map(({ count }) => count),
    restarted: learned.map(({ restarted }) => restarted),
  };
}
