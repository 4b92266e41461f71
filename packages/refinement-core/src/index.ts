// random
export { gumbels, normals, uniforms } from "./random/distributions.js";
export { integers, integerSource, permutation, type IntegerSource } from "./random/integers.js";
export { type Indices, type Region } from "./random/region.js";
export { LIMITS, randomStream, type Address, type RandomStream } from "./random/stream.js";
