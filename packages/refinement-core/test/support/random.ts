import * as random from "../../src/random/distributions.js";
import { randomStream } from "../../src/random/stream.js";

/** Uniforms in (0, 1), a function of the name and the seed. */
export function uniforms(name: string, count: number, seed = 1): Float32Array {
  return random.uniforms(randomStream(seed, name), { draws: count });
}

/** Standard normals, a function of the name and the seed. */
export function normals(name: string, count: number, seed = 1): Float32Array {
  return random.normals(randomStream(seed, name), { draws: count });
}

/** Standard Gumbel draws, a function of the name and the seed. */
export function gumbels(name: string, count: number, seed = 1): Float32Array {
  return random.gumbels(randomStream(seed, name), { draws: count });
}
