import * as tf from "@tensorflow/tfjs-core";
import { f32, type TensorType } from "@nextscale/engine";
import type { HostTensor } from "../pyramid/host-tensor.js";
import { normals } from "../random/distributions.js";
import type { RandomStream } from "../random/stream.js";
import type { Initialiser, NormalSource } from "../refiner/parameters.js";

/*
 * The phi convolutions of VAR's quantiser: phi(h) = (1 - r) h + r conv3x3(h), after a scale's value has been brought to
 * full resolution, where interpolation has blurred it. "Partially shared": few of them serve many scales.
 */

/** Weights of one phi. */
export type Phi<T> = {
  /** [3, 3, C, C] */
  readonly kernel: T;
  /** [C] */
  readonly bias: T;
};

/** r of VAR. */
export const PHI_RATIO = 0.5;

/** Deviation of what is added to the identity at the start. */
const INITIAL_NOISE = 0.01;

/** Ties (the middle one of an odd number of scales) go to the finer phi, up to the rounding of the distances. */
const TIE = 1e-9;

/**
 * Which of `count` phis serves a scale: the nearest of evenly spaced ticks to its relative depth k / (K - 1), where
 * the ticks keep half a spacing (a third for four phis, a quirk of VAR that its weights depend on) from the ends. A single
 * scale has depth 0.
 */
export function phiIndex(scale: number, scales: number, count: number): number {
  const depth = scales === 1 ? 0 : scale / (scales - 1);
  const margin = 1 / ((count === 4 ? 3 : 2) * count);
  let nearest = 0;
  let least = Infinity;
  for (let i = 0; i < count; i++) {
    const tick = count === 1 ? 0.5 : margin + (i * (1 - 2 * margin)) / (count - 1);
    if (Math.abs(tick - depth) > least + TIE) continue;
    least = Math.abs(tick - depth);
    nearest = i;
  }
  return nearest;
}

/** Types of `count` phis, for a trace's signature. */
export function phiTypes(count: number, channels: number): readonly Phi<TensorType>[] {
  return Array.from({ length: count }, () => ({ kernel: f32(3, 3, channels, channels), bias: f32(channels) }));
}

/** Draws for `initPhi` from one stream, in which each phi is an item. */
export function phiNormals(stream: RandomStream): NormalSource {
  return (path, draws) => normals(stream, { items: [Number.parseInt(path, 10)], draws });
}

/**
 * Initial phis: the identity and a little noise, so that training starts from plain residual quantisation.
 *
 * @param random such as the initialiser of `phiNormals`, or of `SHAPES_ONLY`
 */
export function initPhi(random: Initialiser, count: number, channels: number): readonly Phi<HostTensor>[] {
  const centre = 4 * channels * channels;
  return Array.from({ length: count }, (_, item) => {
    const { shape, data } = random.at(item).normal("kernel", [3, 3, channels, channels], INITIAL_NOISE);
    const kernel = data.map((value, i) => {
      const within = i - centre;
      const diagonal = within >= 0 && within < channels * channels && within % (channels + 1) === 0;
      return diagonal ? value + 1 : value;
    });
    return { kernel: { shape, data: kernel }, bias: random.constant([channels], 0) };
  });
}

/** phi as a function of grids [N, H, W, C], zero padding. */
export function applyPhi({ kernel, bias }: Phi<tf.Tensor>, grid: tf.Tensor): tf.Tensor {
  const convolved = tf.add(tf.conv2d(grid as tf.Tensor4D, kernel as tf.Tensor4D, 1, "same"), bias);
  return tf.add(tf.mul(grid, 1 - PHI_RATIO), tf.mul(convolved, PHI_RATIO));
}
