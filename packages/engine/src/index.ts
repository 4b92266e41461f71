export { isNextscaleError, NextscaleError, type ErrorCode, type ErrorParts } from "./errors.js";
export type { CompileOptions, Engine, Executable } from "./engines/engine.js";
export type { Attributes, NamedValue, Node, Program, ValueId } from "./ir/program.js";
export type { DType, NamedArrays, TensorData, TensorType } from "./ir/tensor-type.js";
export { gelu, layerNorm, silu, softmaxCrossEntropy, stopGradient } from "./nn/index.js";
export { philox4x32 } from "./random/philox.js";
export { readSafetensors, type SafetensorsFile } from "./safetensors/read.js";
export {
  SAFETENSORS_LIMITS,
  type Safetensor,
  type SafetensorDType,
  type WritableSafetensor,
} from "./safetensors/tensor.js";
export { writeSafetensors } from "./safetensors/write.js";
