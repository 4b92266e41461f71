import * as tf from "@tensorflow/tfjs-core";

/**
 * Added to the score of a pair that must not attend. Finite, so that a row without any permitted key stays finite;
 * large enough that in float32 `exp(FORBIDDEN - max)` is exactly 0 as soon as one key is permitted.
 */
export const FORBIDDEN = -1e9;

/** What one call of multi-head attention reads. Scaling (1/sqrt(D), qk-norm) is the caller's: cheaper on the query. */
export interface AttentionInputs {
  /** [B, H, Lq, D] */
  readonly query: tf.Tensor;
  /** [B, H, Lk, D] */
  readonly key: tf.Tensor;
  /** [B, H, Lk, D] */
  readonly value: tf.Tensor;
  /** Added to the scores; broadcasts to [B, H, Lq, Lk]. Masks are biases of `FORBIDDEN`. */
  readonly bias?: tf.Tensor;
}

/** softmax(Q K^T + bias) V per head (Vaswani et al. 2017, without the scale): [B, H, Lq, D]. */
export function attention(inputs: AttentionInputs): tf.Tensor {
  const scores = tf.matMul(inputs.query, inputs.key, false, true);
  const biased = inputs.bias === undefined ? scores : tf.add(scores, inputs.bias);
  return tf.matMul(tf.softmax(biased, -1), inputs.value);
}

/**
 * Attention of groups of consecutive sites, each of which attends to its own group alone: what a mask would give, for the sum of
 * the squares of their sizes in the place of the square of the sum.
 *
 * @param groups sizes; together as many as there are sites, in queries and keys alike
 */
export function attentionWithin(
  groups: readonly number[],
  { query, key, value }: Omit<AttentionInputs, "bias">,
): tf.Tensor {
  if (groups.length === 1) return attention({ query, key, value });
  // Split and not sliced: the gradient is one concatenation, where slices would have as many sums of padded parts.
  const [queries, keys, values] = [query, key, value].map((x) => tf.split(x, [...groups], 2)) as [tf.Tensor[], tf.Tensor[], tf.Tensor[]]; // prettier-ignore
  return tf.concat(
    groups.map((_, k) => attention({ query: queries[k]!, key: keys[k]!, value: values[k]! })),
    2,
  );
}

/** Rows [B*L, C] -> [B, H, L, C/H]. */
export function splitHeads(rows: tf.Tensor, items: number, heads: number): tf.Tensor {
  return headsFirst(perHead(rows, items, heads));
}

/** Rows [B*L, C] -> [B, L, H, C/H], a view: per-head arithmetic over the last axis before the heads are moved. */
export function perHead(rows: tf.Tensor, items: number, heads: number): tf.Tensor {
  const [count = 0, width = 0] = rows.shape;
  return tf.reshape(rows, [items, count / items, heads, width / heads]);
}

/** [B, L, H, D] -> [B, H, L, D]. */
export function headsFirst(x: tf.Tensor): tf.Tensor {
  return tf.transpose(x, [0, 2, 1, 3]);
}

/** [B, H, L, D] -> rows [B*L, H*D], the inverse of `splitHeads`. */
export function mergeHeads(x: tf.Tensor): tf.Tensor {
  const [items = 0, heads = 0, sites = 0, channels = 0] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [items * sites, heads * channels]);
}
