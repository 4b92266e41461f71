import * as tf from "@tensorflow/tfjs-core";
import type { Codebook } from "./codebook.js";

/*
 * Learning a codebook by moving averages (van den Oord et al. 2017, appendix A), as ordinary traceable code: the
 * buffers are state of the training program, so nothing has to leave the engine between steps.
 */

/** What one batch says about the codes of a codebook. */
export type CodeStatistics = {
  /** Hits, [V]; [K, V] of a codebook that K scales share. */
  readonly count: tf.Tensor;
  /** Sum of the vectors that hit, [V, C]. */
  readonly sum: tf.Tensor;
};

/**
 * Hits and sums of vectors by their codes, as one product with the codes' one-hot rows.
 *
 * @param codes int32 [...]
 * @param vectors [..., C], what was quantised
 * @param weights [...] optional: how much each site counts; 0 for padding
 */
export function codeStatistics(
  codes: tf.Tensor,
  vectors: tf.Tensor,
  vocabulary: number,
  weights?: tf.Tensor,
): CodeStatistics {
  const sites = codes.size;
  const oneHot = tf.oneHot(tf.reshape(codes, [sites]), vocabulary, 1, 0, "float32");
  const weighted = weights === undefined ? oneHot : tf.mul(oneHot, tf.reshape(weights, [sites, 1]));
  return { count: tf.sum(weighted, 0), sum: tf.matMul(weighted, tf.reshape(vectors, [sites, -1]), true, false) };
}

/** Statistics of two batches. */
export function addStatistics(a: CodeStatistics, b: CodeStatistics): CodeStatistics {
  return { count: tf.add(a.count, b.count), sum: tf.add(a.sum, b.sum) };
}

/** Statistics of the scales that share a codebook: hits scale by scale, sums of all. */
export function sharedStatistics(scales: readonly CodeStatistics[]): CodeStatistics {
  return { count: tf.stack(scales.map(({ count }) => count)), sum: tf.addN(scales.map(({ sum }) => sum)) };
}

/** Hits of each code, [V], at all scales together. */
function hitsPerCode(count: tf.Tensor): tf.Tensor {
  return count.rank === 1 ? count : tf.sum(count, 0);
}

/** Added to each count so that no code divides by zero (vector-quantize-pytorch). */
const SMOOTHING = 1e-5;

/** Below this many hits per step smoothing would draw a code towards the origin: it then stays where it is. */
const LEAST_COUNT = 1e-3;

/**
 * One step: n <- decay n + (1 - decay) count, m <- decay m + (1 - decay) sum, e = m / n~ with Laplace-smoothed
 * n~ = (n + eps) / (sum n + V eps) sum n.
 */
export function updateCodebook(
  codebook: Codebook<tf.Tensor>,
  statistics: CodeStatistics,
  decay: number,
): Codebook<tf.Tensor> {
  const blend = (old: tf.Tensor, now: tf.Tensor) => tf.add(tf.mul(old, decay), tf.mul(now, 1 - decay));
  const count = blend(codebook.count, statistics.count);
  const sum = blend(codebook.sum, statistics.sum);
  const hits = hitsPerCode(count);
  const [vocabulary = 0] = hits.shape;
  const total = tf.sum(hits);
  const smoothed = tf.mul(tf.add(hits, SMOOTHING), tf.div(total, tf.add(total, vocabulary * SMOOTHING)));
  const seen = tf.expandDims(tf.cast(tf.greater(hits, LEAST_COUNT), "float32"), 1);
  const mean = tf.div(sum, tf.expandDims(tf.maximum(smoothed, SMOOTHING), 1));
  return { count, sum, embedding: choose(seen, mean, codebook.embedding) };
}

/** How codes that are hardly used get a new place. */
export interface Restart {
  /**
   * Hits per step that a code would have if all were used alike: tokens of its scale / V; of a codebook that several
   * scales share, one number for each scale.
   */
  readonly expected: number | readonly number[];
  /**
   * A code with fewer than this share of the expected hits is restarted; a shared one, when it has fewer at every scale:
   * a code that serves the coarse scales alone is idle by the numbers of the finest.
   */
  readonly threshold: number;
  /** Vectors of this batch to choose from, [T, C]. */
  readonly pool: tf.Tensor;
  /** int32 [V]: for each code the row of `pool` that it would move to; drawn on the host. */
  readonly choices: tf.Tensor;
  /** One element: 1, or 0 to restart nothing, as near the end of training, where a moved code would not settle. */
  readonly active: tf.Tensor;
}

/** A codebook after restarts, and how many there were. */
export type Restarted = { readonly codebook: Codebook<tf.Tensor>; readonly restarted: tf.Tensor };

/**
 * Moves codes with too few hits onto vectors of the batch. All three buffers are set, the count to the expected one: a
 * code moved without its statistics would be thrown back, or restarted again, at the next step.
 */
export function restartCodes(codebook: Codebook<tf.Tensor>, restart: Restart): Restarted {
  const { expected, threshold, pool, choices, active } = restart;
  const shared = typeof expected !== "number";
  const idle = shared ? idleAtAll(codebook.count, expected, threshold) : idleAt(codebook.count, expected, threshold);
  const hits = shared ? expected.reduce((sum, scale) => sum + scale, 0) : expected;
  const dead = tf.mul(idle, tf.reshape(active, [1]));
  const rows = tf.expandDims(dead, 1);
  const place = tf.gather(pool, choices);
  return {
    codebook: {
      embedding: choose(rows, place, codebook.embedding),
      count: choose(dead, shared ? column(expected) : tf.scalar(expected), codebook.count),
      sum: choose(rows, tf.mul(place, hits), codebook.sum),
    },
    restarted: tf.sum(dead),
  };
}

/** [V]: 1 for codes with fewer than their share of the expected hits. */
function idleAt(count: tf.Tensor, expected: number, threshold: number): tf.Tensor {
  return tf.cast(tf.less(count, threshold * expected), "float32");
}

/** [V]: 1 for codes that are idle at each of the scales of [K, V]. */
function idleAtAll(count: tf.Tensor, expected: readonly number[], threshold: number): tf.Tensor {
  const share = tf.max(tf.div(count, column(expected)), 0);
  return tf.cast(tf.less(share, threshold), "float32");
}

/** [K, 1] */
function column(values: readonly number[]): tf.Tensor {
  return tf.tensor2d([...values], [values.length, 1]);
}

/** `a` where the flag is 1, `b` where it is 0, exactly. */
function choose(flag: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(flag, a), tf.mul(tf.sub(1, flag), b));
}
