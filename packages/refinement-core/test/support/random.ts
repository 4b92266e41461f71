import { philox4x32 } from "@nextscale/engine";
import type { NormalSource } from "../../src/refiner/parameters.js";

/** Uniforms in (0, 1), a function of the name and the seed. */
export function uniforms(name: string, count: number, seed = 1): Float64Array {
  let hash = 2166136261;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619) >>> 0;
  const block = new Uint32Array(4);
  return Float64Array.from({ length: count }, (_, index) => {
    if (index % 4 === 0) philox4x32([index >>> 2, 0, 0, 0], [hash, seed], block);
    return ((block[index % 4] ?? 0) + 0.5) / 2 ** 32;
  });
}

/** Standard normals, a function of the name and the seed. */
export function normals(name: string, count: number, seed = 1): Float32Array {
  const u = uniforms(name, 2 * count, seed);
  return Float32Array.from(
    { length: count },
    (_, i) => Math.sqrt(-2 * Math.log(u[2 * i] ?? 1)) * Math.cos(2 * Math.PI * (u[2 * i + 1] ?? 0)),
  );
}

/** Standard Gumbel draws, a function of the name and the seed. */
export function gumbels(name: string, count: number, seed = 1): Float32Array {
  return Float32Array.from(uniforms(name, count, seed), (u) => -Math.log(-Math.log(u)));
}

export function normalSource(seed = 1): NormalSource {
  return (path, count) => normals(path, count, seed);
}
