import { fillRegion, regionSize, type Region, type WriteBlock } from "./region.js";
import type { RandomStream } from "./stream.js";

/*
 * Numbers in bulk. All take a region [items, sites, draws] and return it row-major; pass `out` to reuse an array.
 * Logarithms and trigonometric functions are those of the JavaScript engine, computed in double precision.
 */

/** Top 24 bits as (k + 1) / (2^24 + 1): in float32 all 2^24 values differ and none rounds to 0 or 1. */
export function unitFrom24Bits(word: number): number {
  return ((word >>> 8) + 1) * (1 / (2 ** 24 + 1));
}

/** All 32 bits as (w + 1/2) / 2^32: exact in double precision, never 0 or 1. Rounded to float32 it can be 1. */
export function unitFrom32Bits(word: number): number {
  return (word + 0.5) * 2 ** -32;
}

const writeUniform: WriteBlock<Float32Array> = (words, out, position, count) => {
  for (let i = 0; i < count; i++) out[position + i] = unitFrom24Bits(words[i]!);
};

const writeGumbel: WriteBlock<Float32Array> = (words, out, position, count) => {
  for (let i = 0; i < count; i++) out[position + i] = -Math.log(-Math.log(unitFrom32Bits(words[i]!)));
};

/** Box and Muller (1958): words 0 and 1 give normals 0 and 1, words 2 and 3 give normals 2 and 3. */
const writeNormal: WriteBlock<Float32Array> = (words, out, position, count) => {
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(unitFrom32Bits(words[i]!)));
    const angle = 2 * Math.PI * unitFrom32Bits(words[i + 1]!);
    out[position + i] = radius * Math.cos(angle);
    if (i + 1 < count) out[position + i + 1] = radius * Math.sin(angle);
  }
};

/**
 * Uniform on (0, 1), 24 bits, never 0 or 1.
 *
 * @throws NextscaleError `invalid-argument` for an index outside its range or an `out` of the wrong length
 */
export function uniforms(
  stream: RandomStream,
  region: Region,
  out: Float32Array = new Float32Array(regionSize(region)),
): Float32Array {
  return fillRegion(stream, region, out, writeUniform);
}

/**
 * Standard normal.
 *
 * @throws NextscaleError `invalid-argument` for an index outside its range or an `out` of the wrong length
 */
export function normals(
  stream: RandomStream,
  region: Region,
  out: Float32Array = new Float32Array(regionSize(region)),
): Float32Array {
  return fillRegion(stream, region, out, writeNormal);
}

/**
 * Standard Gumbel, -ln(-ln u): the argMax of logits + Gumbel noise is a draw from softmax(logits).
 *
 * @throws NextscaleError `invalid-argument` for an index outside its range or an `out` of the wrong length
 */
export function gumbels(
  stream: RandomStream,
  region: Region,
  out: Float32Array = new Float32Array(regionSize(region)),
): Float32Array {
  return fillRegion(stream, region, out, writeGumbel);
}
