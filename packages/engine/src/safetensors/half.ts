/** The float32 values of IEEE 754 binary16 words; exact, since float32 contains binary16. */
export function widenFloat16(words: Uint16Array): Float32Array {
  const values = new Float32Array(words.length);
  for (let index = 0; index < words.length; index++) values[index] = float16Value(words[index]!);
  return values;
}

function float16Value(word: number): number {
  const sign = word & 0x8000 ? -1 : 1;
  const exponent = (word >>> 10) & 0x1f;
  const fraction = word & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  // Exponent 0 holds the subnormals: no hidden bit, and the scale of exponent 1.
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (0x400 + fraction) * 2 ** (exponent - 25);
}

/** The float32 values of bfloat16 words, which are the upper halves of float32 words. */
export function widenBfloat16(words: Uint16Array): Float32Array {
  const bits = new Uint32Array(words.length);
  for (let index = 0; index < words.length; index++) bits[index] = words[index]! << 16;
  return new Float32Array(bits.buffer);
}
