// random
export { gumbels, normals, uniforms } from "./random/distributions.js";
export { integers, integerSource, permutation, type IntegerSource } from "./random/integers.js";
export { type Indices, type Region } from "./random/region.js";
export { LIMITS, randomStream, type Address, type RandomStream } from "./random/stream.js";

// pyramid
export type { Coarsening } from "./pyramid/coarsening.js";
export { gaussianBlur, gaussianDown, gaussianUp, halved, type AxisKind } from "./pyramid/gaussian.js";
export { gaussianSteps, gridCoarsening, type GridSize, type GridStep } from "./pyramid/grid-coarsening.js";
export { adjoint, hostGrid, tensorGrid, type GridArithmetic, type GridOperator } from "./pyramid/grid-operator.js";
export { hostTensor, type HostTensor } from "./pyramid/host-tensor.js";
export {
  identityMatrix,
  matrix,
  matrixFromTaps,
  multiplyMatrices,
  transposeMatrix,
  type Matrix,
  type Tap,
} from "./pyramid/matrix.js";
export {
  gaussianPyramid,
  laplacianPyramid,
  reconstruct,
  type Depth,
  type LaplacianPyramid,
} from "./pyramid/pyramid.js";
export { areaMatrix, areaWeights, bicubicMatrix, bilinearMatrix, replicationMatrix } from "./pyramid/resize.js";

// walk
export { accumulationScales, type AccumulationScale, type AccumulationStep } from "./walk/accumulation-scales.js";
export { codeNoise, selectCodes, selectHostCodes, type CodeNoise } from "./walk/code-noise.js";
export { corrupted, type Corrupted } from "./walk/corrupted.js";
export { encode, encodeOpenLoop, type Encoded } from "./walk/encode.js";
export { given } from "./walk/given.js";
export { inpainted } from "./walk/inpainted.js";
export { laplacianScales, refinementScale, sameLevelScale, type LaplacianScale } from "./walk/laplacian-scales.js";
export type { Then } from "./walk/later.js";
export { sampled, type Sampled } from "./walk/sampled.js";
export type { Choice, CodesOf, PerWalk, Scale, Step, Visit } from "./walk/scale.js";
export { scored, type Score } from "./walk/scored.js";
export { walk, walkAsync } from "./walk/walk.js";

// quantiser
export { identityQuantiser, type Quantiser } from "./quantiser/quantiser.js";
