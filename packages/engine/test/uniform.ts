import { philox4x32 } from "../src/random/philox.js";

/** `count` numbers uniform in (0, 1), a function of `stream` alone. */
export function uniform(count: number, stream: number): Float64Array {
  const words = new Uint32Array(4 * Math.ceil(count / 4));
  for (let block = 0; 4 * block < words.length; block++) philox4x32([block, 0, 0, stream], [0, 0], words, 4 * block);
  return Float64Array.from({ length: count }, (_, i) => (words[i]! + 0.5) / 2 ** 32);
}
