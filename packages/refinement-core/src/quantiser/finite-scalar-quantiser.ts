import { NextscaleError } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import type { Quantiser } from "./quantiser.js";

/** By so much the bound exceeds the outermost levels' edges, so that both can be reached (Mentzer et al. 2023, their code). */
const MARGIN = 1e-3;

/** Where the levels of a coordinate lie: z is rounded after tanh(z + shift) * half - offset. */
function spacing(levels: readonly number[]) {
  const half = levels.map((count) => ((count - 1) * (1 + MARGIN)) / 2);
  const offset = levels.map((count) => (count % 2 === 0 ? 0.5 : 0));
  return {
    half,
    offset,
    // Brings 0 to level 0. The paper prints a tangent; its authors agree that the inverse of tanh is meant.
    shift: half.map((reach, i) => Math.atanh(offset[i]! / reach)),
    /** Level 0 is number `middle` of its coordinate, and one over it the distance between two levels. */
    middle: levels.map((count) => Math.floor(count / 2)),
  };
}

/**
 * What finite scalar quantisation rounds, in units of its codes' values, between -1 and 1: [..., coordinates]. Training sends the
 * gradient through it: `straightThrough(boundScalars(levels, z), value)`.
 *
 * @param z any real numbers [..., coordinates]
 */
export function boundScalars(levels: readonly number[], z: tf.Tensor): tf.Tensor {
  const { half, offset, shift, middle } = spacing(levels);
  return tf.div(tf.sub(tf.mul(tf.tanh(tf.add(z, row(shift))), row(half)), row(offset)), row(middle));
}

/**
 * Finite scalar quantisation (Mentzer et al. 2023): every coordinate is bounded and rounded to one of a few levels. There is no
 * codebook that could collapse. Codes are numbers in a mixed base, the first coordinate's digit fastest; their values lie
 * between -1 and 1, evenly spaced.
 *
 * Values [..., coordinates], int32 codes [...]. Can be traced; choosing has no gradient. The same at every scale.
 *
 * @param levels of each coordinate, 3 or more; for two, which this form cannot centre, see `lookupFreeQuantiser`
 * @throws NextscaleError `invalid-argument` for fewer levels, or codes that would not fit a float32
 */
export function finiteScalarQuantiser(levels: readonly number[]): Quantiser<tf.Tensor, tf.Tensor> {
  requireLevels(levels);
  const { middle } = spacing(levels);
  const basis = levels.map((_, i) => levels.slice(0, i).reduce((product, count) => product * count, 1));
  const embed = (_: number, codes: tf.Tensor): tf.Tensor => {
    const number = tf.expandDims(tf.cast(codes, "float32"), -1);
    // Digits by quotients that are off the next whole number by half a unit at least: exact in float32.
    const upTo = tf.floor(tf.div(tf.add(number, 0.5), row(basis)));
    const above = tf.floor(tf.div(tf.add(number, 0.5), row(basis.map((unit, i) => unit * levels[i]!))));
    const digits = tf.sub(upTo, tf.mul(above, row(levels)));
    return tf.div(tf.sub(digits, row(middle)), row(middle));
  };
  return {
    embed,
    quantise(scale, residual) {
      requireCoordinates(levels.length, residual.shape);
      const digits = tf.add(tf.round(tf.mul(boundScalars(levels, residual), row(middle))), row(middle));
      const codes = tf.cast(tf.sum(tf.mul(digits, row(basis)), -1), "int32");
      return { codes, value: embed(scale, codes) };
    },
  };
}

function row(values: readonly number[]): tf.Tensor {
  return tf.tensor1d(Float32Array.from(values));
}

function requireLevels(levels: readonly number[]): void {
  const count = levels.reduce((product, level) => product * level, 1);
  const fits = levels.length > 0 && levels.every((level) => Number.isInteger(level) && level >= 3) && count <= 2 ** 22;
  if (fits) return;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "refinement-core/finiteScalarQuantiser",
    expected: "three or more levels for each coordinate, and at most 2^22 codes",
    got: `[${levels.join(", ")}]`,
  });
}

function requireCoordinates(count: number, value: readonly number[]): void {
  if (value[value.length - 1] === count) return;
  throw new NextscaleError({
    code: "shape",
    where: "refinement-core/finiteScalarQuantiser",
    expected: `vectors of ${count} numbers, one for each coordinate`,
    got: `[${value.join()}]`,
  });
}
