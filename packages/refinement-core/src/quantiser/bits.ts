import { NextscaleError } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";

/*
 * Numbers and their bits, the lowest first. As floating-point numbers, which every engine divides exactly by powers of 2.
 */

/** float32 has whole numbers up to 2^24. */
const MOST_BITS = 24;

/**
 * The bits of codes: int32 [...] -> int32 [..., count]. For bitwise prediction of the codes of any quantiser. Can be traced.
 *
 * @throws NextscaleError `invalid-argument` for more than 24 bits
 */
export function bitsOfCodes(codes: tf.Tensor, count: number): tf.Tensor {
  const units = powers(count);
  const number = tf.expandDims(tf.cast(codes, "float32"), -1);
  const upTo = tf.floor(tf.div(number, units));
  const above = tf.floor(tf.div(number, tf.mul(units, 2)));
  return tf.cast(tf.sub(upTo, tf.mul(above, 2)), "int32");
}

/**
 * The codes that bits make: int32 [..., count] -> int32 [...]. Can be traced.
 *
 * @throws NextscaleError `invalid-argument` for more than 24 bits
 */
export function codesOfBits(bits: tf.Tensor): tf.Tensor {
  const units = powers(bits.shape[bits.rank - 1]!);
  return tf.cast(tf.sum(tf.mul(tf.cast(bits, "float32"), units), -1), "int32");
}

function powers(count: number): tf.Tensor {
  if (!(Number.isInteger(count) && count >= 1 && count <= MOST_BITS)) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "refinement-core/bits",
      expected: `from 1 to ${MOST_BITS} bits`,
      got: `${count}`,
      fix: "keep more bits apart: they are codes themselves",
    });
  }
  return tf.tensor1d(Float32Array.from({ length: count }, (_, i) => 2 ** i));
}
