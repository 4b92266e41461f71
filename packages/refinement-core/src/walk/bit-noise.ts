import * as tf from "@tensorflow/tfjs-core";
import type { HostTensor } from "../pyramid/host-tensor.js";
import { uniforms } from "../random/distributions.js";
import { countOf, type Indices } from "../random/region.js";
import type { RandomStream } from "../random/stream.js";
import { flipProbability } from "./code-noise.js";

/**
 * Which bits of a scale to flip, 1 or 0 [items, sites, bits]: noise for bitwise self-correction (Han et al. 2025), an input of
 * a traced training step. An item's probability is drawn as `codeNoise` draws it; every bit is then flipped with it.
 *
 * @param options.strength largest flip probability, 0 to 1
 * @throws NextscaleError `invalid-argument` for a strength outside that range
 */
export function bitNoise(
  stream: RandomStream,
  options: {
    readonly items: Indices;
    readonly scale: number;
    readonly sites: number;
    readonly bits: number;
    readonly strength: number;
  },
): Int32Array {
  const { items, scale, sites, bits, strength } = options;
  // One number more at each site; that of the first is for the item's probability.
  const draws = bits + 1;
  const numbers = uniforms(stream, { items, scale, sites, draws });
  const mask = new Int32Array(countOf(items) * sites * bits);
  for (let i = 0; i < mask.length; i++) {
    const site = Math.floor(i / bits);
    const firstSite = site - (site % sites);
    const probability = flipProbability(numbers[firstSite * draws + bits]!, strength);
    mask[i] = Number(numbers[site * draws + (i % bits)]! < probability);
  }
  return mask;
}

/** Bits with those flipped where the mask is 1: int32 tensors of one shape. Can be traced. */
export function flipBits(mask: tf.Tensor, bits: tf.Tensor): tf.Tensor {
  return tf.cast(tf.notEqual(bits, mask), "int32");
}

/** `flipBits` on the host; the result has the shape of the bits. */
export function flipHostBits(mask: ArrayLike<number>, { shape, data }: HostTensor<Int32Array>): HostTensor<Int32Array> {
  return { shape, data: data.map((bit, i) => bit ^ mask[i]!) };
}
