import type { Program } from "../ir/program.js";
import type { NamedArrays } from "../ir/tensor-type.js";
import { onnxOutputNames, toOnnx } from "../onnx/to-onnx.js";
import type { Binding } from "./binding.js";

/** A program as ONNX Runtime loads it. */
export interface LoweredProgram {
  readonly model: Uint8Array;
  /** Name in the model of each program output, in order. */
  readonly outputNames: readonly string[];
}

/** Optimises a program and lowers it for ONNX Runtime, with its constants baked in. */
export function lowerForOnnxRuntime(program: Program, binding: Binding): LoweredProgram {
  const constants: NamedArrays = Object.fromEntries(binding.constants.map(({ name, data }) => [name, data]));
  return { model: toOnnx(program, { dialect: "onnxruntime", constants }), outputNames: onnxOutputNames(program) };
}
