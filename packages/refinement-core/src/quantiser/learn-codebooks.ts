import { NextscaleError } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import { integers } from "../random/integers.js";
import type { RandomStream } from "../random/stream.js";
import { codebookAt, type Codebook } from "./codebook.js";
import { codeStatistics, restartCodes, sharedStatistics, updateCodebook } from "./moving-average.js";

/** How codebooks are learned. */
export interface LearnCodebooks {
  /** Of the moving averages, such as 0.99. */
  readonly decay: number;
  readonly restart: {
    /** Share of its expected hits below which a code is restarted, such as 0.05. */
    readonly threshold: number;
    /**
     * int32 [V] for each codebook: rows of the batch's vectors, those of all its scales one after the other. Uniform for a
     * scale's own codebook; `sharedRestartChoices` for a shared one. An input of the program, drawn on the host.
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
 * Where the codes of a shared codebook would be restarted: rows of the batch's vectors of all scales one after the other,
 * int32 [V], as many from each scale on average. Drawn from all alike, nearly every one would come from the finest scale.
 *
 * @param tokens of each scale in one step
 */
export function sharedRestartChoices(
  stream: RandomStream,
  step: number,
  tokens: readonly number[],
  vocabulary: number,
): Int32Array {
  const chosen = integers(stream, { items: [step], scale: tokens.length, draws: vocabulary }, tokens.length);
  let before = 0;
  const rows = tokens.map((count, scale) => {
    const drawn = integers(stream, { items: [step], scale, draws: vocabulary }, count).map((row) => before + row);
    before += count;
    return drawn;
  });
  return chosen.map((scale, code) => rows[scale]![code]!);
}

/**
 * One learning step of all codebooks from the visits of an encoding walk, inside a traced training step: moving
 * averages, then restarts. A shared codebook learns from all scales, a scale's own from that scale. What is expected of
 * a code follows from the tokens of each scale; a shared one is idle when it is idle at every scale.
 *
 * @throws NextscaleError `shape` for a shared codebook whose counts are not those of each scale
 */
export function learnCodebooks(
  codebooks: readonly Codebook<tf.Tensor>[],
  visits: readonly CodedResidual[],
  { decay, restart }: LearnCodebooks,
): LearnedCodebooks {
  const statistics = visits.map(({ codes, residual }, scale) => {
    return codeStatistics(codes, residual, codebookAt(codebooks, scale).embedding.shape[0]);
  });
  const learned = codebooks.map((codebook, book) => {
    const ours = (_: unknown, scale: number) => codebookAt(codebooks, scale) === codebook;
    const found = statistics.filter(ours);
    const [vocabulary = 0, channels = 0] = codebook.embedding.shape;
    const shape = found.length === 1 ? [vocabulary] : [found.length, vocabulary];
    if (String(codebook.count.shape) !== String(shape)) throw wrongCounts(shape, codebook.count.shape);
    const updated = updateCodebook(codebook, found.length === 1 ? found[0]! : sharedStatistics(found), decay);
    const vectors = visits.filter(ours).map((v) => tf.reshape(v.residual, [-1, channels]));
    const pool = tf.concat(vectors, 0);
    const expected = vectors.map((rows) => rows.shape[0] / vocabulary);
    return restartCodes(updated, {
      expected: expected.length === 1 ? expected[0]! : expected,
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

function wrongCounts(expected: readonly number[], got: readonly number[]): NextscaleError {
  return new NextscaleError({
    code: "shape",
    where: "refinement-core/learnCodebooks",
    expected: `counts [${expected.join()}], those of each scale that the codebook serves`,
    got: `[${got.join()}]`,
    fix: "make it with codebookTypes for so many scales, and sharedCodebookFromMeans",
  });
}
