import type { Program } from "../ir/program.js";
import type { NamedArrays } from "../ir/tensor-type.js";
import { onnxOutputNames, toOnnx } from "../onnx/to-onnx.js";
import { optimise } from "../passes/optimise.js";
import { bind, type Binding } from "./binding.js";
import type { CompileOptions } from "./engine.js";

/** A program as ONNX Runtime loads it. */
export interface LoweredProgram {
  readonly binding: Binding;
  readonly model: Uint8Array;
  /** Name in the model of each program output, in order. */
  readonly outputNames: readonly string[];
}

/**
 * Optimises a program and lowers it for ONNX Runtime, with its constants baked in.
 *
 * @throws NextscaleError as {@link bind} does
 */
export function lowerForOnnxRuntime(program: Program, options: CompileOptions): LoweredProgram {
  const optimised = optimise(program);
  const binding = bind(optimised, options);
  const constants: NamedArrays = Object.fromEntries(binding.constants.map(({ name, data }) => [name, data]));
  const model = toOnnx(optimised, { dialect: "onnxruntime", constants });
  return { binding, model, outputNames: onnxOutputNames(optimised) };
}
