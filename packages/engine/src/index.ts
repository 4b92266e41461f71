export { isNextscaleError, NextscaleError, type ErrorCode, type ErrorParts } from "./errors.js";
export type { CompileOptions, Engine, Executable } from "./engines/engine.js";
export type { Attributes, NamedValue, Node, Program, ValueId } from "./ir/program.js";
export type { DType, NamedArrays, TensorData, TensorType } from "./ir/tensor-type.js";
export { gelu, layerNorm, silu, softmaxCrossEntropy, stopGradient } from "./nn/index.js";
export { philox4x32 } from "./random/philox.js";
