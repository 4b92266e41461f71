import { f32, type TensorType } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import type { CodeDiffusion } from "./code-diffusion.js";

/** What a training step has to know of the times of its items, [B] each: kept[t] and kept[t - 1]. */
export type CodeFactors<T> = { readonly late: T; readonly early: T };

/** Types of the factors of so many items, for the signature of a trace. */
export function codeFactorTypes(items: number): CodeFactors<TensorType> {
  return { late: f32(items), early: f32(items) };
}

/** Factors of a batch whose items have these times, 1 to T. */
export function codeFactors({ kept }: CodeDiffusion, times: readonly number[]): CodeFactors<Float32Array> {
  return {
    late: Float32Array.from(times, (time) => kept[time]!),
    early: Float32Array.from(times, (time) => kept[time - 1]!),
  };
}

/** Least probability of which a logarithm is taken: float32 has nothing much smaller. */
const LEAST = 1e-30;

/**
 * `codeStepNats` of each code for a training step, [B, sites]: T times its mean over random times is the bound. Can be traced;
 * the gradient goes to the logits.
 *
 * @param logits of the clean codes [B, sites, codes]
 * @param codes both int32 [B, sites], the noisy ones as `diffuseCodes` draws them
 */
export function codeDiffusionNats(
  diffusion: CodeDiffusion,
  factors: CodeFactors<tf.Tensor>,
  logits: tf.Tensor,
  { clean, noisy }: { readonly clean: tf.Tensor; readonly noisy: tf.Tensor },
): tf.Tensor {
  const states = diffusion.replacement.length;
  const reverse = reverseRows(diffusion, factors, noisy);
  const said = tf.softmax(logits);
  const unmasked = states > diffusion.codes ? tf.concat([said, tf.zeros([...noisy.shape, 1])], -1) : said;
  const target = reverse(tf.oneHot(clean, states));
  const ratio = tf.sub(tf.log(tf.maximum(target, LEAST)), tf.log(tf.maximum(reverse(unmasked), LEAST)));
  return tf.sum(tf.mul(target, ratio), -1);
}

/** `codeReverse` from one time to the one before, for probabilities of clean codes [B, sites, states]. */
function reverseRows(
  { replacement }: CodeDiffusion,
  factors: CodeFactors<tf.Tensor>,
  noisy: tf.Tensor,
): (clean: tf.Tensor) => tf.Tensor {
  const [late, early] = [factors.late, factors.early].map((kept) => tf.reshape(kept, [-1, 1, 1])) as [tf.Tensor, tf.Tensor]; // prettier-ignore
  const isNoisy = tf.oneHot(noisy, replacement.length);
  const probabilities = tf.tensor1d(Float32Array.from(replacement));
  const replaced = tf.expandDims(tf.gather(probabilities, noisy), -1);
  const stays = tf.div(late, early);
  const reached = tf.add(tf.mul(isNoisy, late), tf.mul(replaced, tf.sub(1, late)));
  const possible = tf.cast(tf.greater(reached, 0), "float32");
  // 1 where it is 0, so that neither the quotient nor its gradient is infinite.
  const divisor = tf.add(reached, tf.sub(1, possible));
  const onwards = tf.add(tf.mul(isNoisy, stays), tf.mul(replaced, tf.sub(1, stays)));
  return (clean) => {
    const weights = tf.div(tf.mul(tf.maximum(clean, LEAST), possible), divisor);
    const together = tf.sum(weights, -1, true);
    const elsewhere = tf.mul(tf.mul(probabilities, tf.sub(1, early)), together);
    const row = tf.mul(onwards, tf.add(tf.mul(weights, early), elsewhere));
    return tf.div(row, tf.sum(row, -1, true));
  };
}
