import * as tf from "@tensorflow/tfjs-core";
import { NextscaleError } from "@nextscale/engine";
import type { HostTensor } from "../pyramid/host-tensor.js";
import { uniforms } from "../random/distributions.js";
import { countOf, type Indices } from "../random/region.js";
import type { RandomStream } from "../random/stream.js";

/** Which codes of a scale to replace and by what, each [items, sites]: inputs of a traced training step. */
export interface CodeNoise {
  /** 1 where a code is to be replaced, else 0. */
  readonly mask: Int32Array;
  readonly replacement: Int32Array;
}

/** Steps of the flip probability (Infinity, `bitwise_self_correction.py`). */
const PROBABILITY_STEP = 0.01;

/**
 * Noise for self-correction at one scale. An item's flip probability is drawn from 0, 0.01, ..., `strength`, then each
 * site is replaced with it by any code, the right one included. (Infinity draws one probability for a whole batch; here
 * an item's noise depends on the item alone.)
 *
 * @param options.strength largest flip probability, 0 to 1
 * @throws NextscaleError `invalid-argument` for a strength outside that range
 */
export function codeNoise(
  stream: RandomStream,
  options: {
    readonly items: Indices;
    readonly scale: number;
    readonly sites: number;
    readonly vocabulary: number;
    readonly strength: number;
  },
): CodeNoise {
  const { items, scale, sites, vocabulary, strength } = options;
  const draws = 3;
  const numbers = uniforms(stream, { items, scale, sites, draws });
  const mask = new Int32Array(countOf(items) * sites);
  const replacement = new Int32Array(mask.length);
  for (let i = 0; i < mask.length; i++) {
    const firstSite = i - (i % sites);
    const probability = flipProbability(numbers[draws * firstSite + 2]!, strength);
    mask[i] = Number(numbers[draws * i]! < probability);
    replacement[i] = Math.floor(numbers[draws * i + 1]! * vocabulary);
  }
  return { mask, replacement };
}

/**
 * A flip probability from 0, 0.01, ..., strength, each as likely.
 *
 * @throws NextscaleError `invalid-argument` for a strength outside 0 to 1
 */
export function flipProbability(uniform: number, strength: number): number {
  if (!(strength >= 0 && strength <= 1)) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "refinement-core/codeNoise",
      expected: "a strength from 0 to 1",
      got: `${strength}`,
    });
  }
  const levels = Math.floor(strength / PROBABILITY_STEP + 1e-9) + 1;
  return Math.floor(uniform * levels) * PROBABILITY_STEP;
}

/** Per site `chosen` where `mask` is 1, else `other`: int32 tensors of one shape. */
export function selectCodes(mask: tf.Tensor, chosen: tf.Tensor, other: tf.Tensor): tf.Tensor {
  return tf.where(tf.cast(mask, "bool"), chosen, other);
}

/** `selectCodes` on the host; the result has the shape of `other`. */
export function selectHostCodes(
  mask: ArrayLike<number>,
  chosen: HostTensor<Int32Array>,
  other: HostTensor<Int32Array>,
): HostTensor<Int32Array> {
  return { shape: other.shape, data: other.data.map((code, i) => (mask[i] === 1 ? chosen.data[i]! : code)) };
}
