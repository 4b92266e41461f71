import { f32, NextscaleError, stopGradient, type TensorType } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import { gaussianPosterior } from "./ancestral-plan.js";
import { perItem } from "./denoising-loss.js";
import { reverseDeviations } from "./gaussian-bound.js";
import type { NoiseSchedule } from "./noise-schedule.js";

/** The reverse steps of the items of a batch, [B] each. */
export type ReverseFactors<T> = {
  /** Variance of the posterior. */
  readonly variance: T;
  /** Natural logarithms of the least and the most variance between which the network chooses. */
  readonly least: T;
  readonly most: T;
  /** What an error of the data shifts the mean by, squared. */
  readonly shift: T;
};

/** Types of the factors of so many items, for the signature of a trace. */
export function reverseTypes(items: number): ReverseFactors<TensorType> {
  const type = f32(items);
  return { variance: type, least: type, most: type, shift: type };
}

/**
 * Factors of the reverse steps from some times. The first step's posterior, which is a point, has the second's variance.
 *
 * @param times of the items, 1 to T
 * @throws NextscaleError `invalid-argument` for a time that has no step
 */
export function reverseFactors(schedule: NoiseSchedule, times: readonly number[]): ReverseFactors<Float32Array> {
  const wrong = times.find((time) => schedule[time] === undefined || time < 1);
  if (wrong !== undefined) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "refinement-core/reverseFactors",
      expected: `times from 1 to ${schedule.length - 1}`,
      got: `${wrong}`,
    });
  }
  const [small, large] = [reverseDeviations(schedule, "small"), reverseDeviations(schedule, "large")];
  const each = (of: (time: number) => number) => Float32Array.from(times, of);
  return {
    variance: each((time) => small[time - 1]! ** 2),
    least: each((time) => 2 * Math.log(small[time - 1]!)),
    most: each((time) => 2 * Math.log(large[time - 1]!)),
    shift: each((time) => gaussianPosterior(schedule[time]!, schedule[time - 1]!).data ** 2),
  };
}

/**
 * The terms of the bound that teach a network its variance, in nats, averaged over the numbers of an item: [B]. Nichol and
 * Dhariwal (2021) add 0.001 times their sum over all times, T times their mean, to the simple loss. The data that the
 * network says get no gradient from it. Can be traced.
 *
 * @param data what is to be found [B, ...]
 * @param said the data that the network says [B, ...]
 * @param share of the range of variances, 0 to 1 [B, ...]; see `Denoised`
 */
export function learnedVarianceNats(
  factors: ReverseFactors<tf.Tensor>,
  data: tf.Tensor,
  said: tf.Tensor,
  share: tf.Tensor,
): tf.Tensor {
  const [variance, least, most, shift] = [factors.variance, factors.least, factors.most, factors.shift].map((values) =>
    perItem(values, data),
  ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const chosen = tf.add(least, tf.mul(share, tf.sub(most, least)));
  const distance = tf.mul(tf.square(stopGradient(tf.sub(data, said))), shift);
  const ratio = tf.mul(tf.add(variance, distance), tf.exp(tf.neg(chosen)));
  const nats = tf.mul(tf.sub(tf.add(ratio, tf.sub(chosen, tf.log(variance))), 1), 0.5);
  return tf.mean(tf.reshape(nats, [data.shape[0], -1]), 1);
}
