export type { CompileOptions, Engine, Executable } from "./engines/engine.js";
export { openTfjs } from "./engines/tfjs.js";
export { isNextscaleError, NextscaleError, type ErrorCode, type ErrorParts } from "./errors.js";
export { gradients } from "./gradient/gradients.js";
export { formatProgram } from "./ir/print.js";
export type { Attributes, NamedValue, Node, Program, ValueId } from "./ir/program.js";
export {
  formatType,
  sizeOf,
  type DType,
  type NamedArrays,
  type TensorData,
  type TensorType,
} from "./ir/tensor-type.js";
export { gelu, layerNorm, silu, softmaxCrossEntropy, stopGradient } from "./nn/index.js";
export { onnxOutputNames, toOnnx, type OnnxOptions } from "./onnx/to-onnx.js";
export { floatingPointOperations } from "./ops/program-work.js";
export { adamW, adamWSignature, adamWZeros, type AdamWOptions, type AdamWState } from "./optimiser/adamw.js";
export { clipByGlobalNorm } from "./optimiser/clip-by-global-norm.js";
export { movingAverage } from "./optimiser/moving-average.js";
export { muon, type MuonOptions } from "./optimiser/muon.js";
export { philox4x32 } from "./random/philox.js";
export { evaluateProgram } from "./reference/evaluate.js";
export { readSafetensors, type SafetensorsFile } from "./safetensors/read.js";
export {
  SAFETENSORS_LIMITS,
  type Safetensor,
  type SafetensorDType,
  type WritableSafetensor,
} from "./safetensors/tensor.js";
export { writeSafetensors } from "./safetensors/write.js";
export { tracedKernels } from "./trace/kernels/index.js";
export { bool, f32, i32 } from "./trace/signature.js";
export { trace } from "./trace/trace.js";
export { flattenTree, isTensorType, mapTree, type TensorsOf, type Tree } from "./trace/tree.js";
