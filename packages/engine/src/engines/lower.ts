import type { Program } from "../ir/program.js";
import type { NamedArrays } from "../ir/tensor-type.js";
import { encodeModel } from "../onnx/encode-model.js";
import { repeatModel } from "../onnx/repeat-model.js";
import { onnxOutputNames, toOnnxModel } from "../onnx/to-onnx.js";
import { optimise } from "../passes/optimise.js";
import { chooseTiles } from "../tiling/choose.js";
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
 * @param tiled whether to run large batches tile by tile so that values stay in the processor's cache; a GPU has better
 *   things to do
 * @throws NextscaleError as {@link bind} does
 */
export function lowerForOnnxRuntime(program: Program, options: CompileOptions, tiled: boolean): LoweredProgram {
  const optimised = optimise(program);
  const binding = bind(optimised, options);
  const constants: NamedArrays = Object.fromEntries(binding.constants.map(({ name, data }) => [name, data]));
  const tiles = tiled
    ? chooseTiles(
        optimised,
        binding.inputs.map(({ value }) => value),
      )
    : null;
  const step = toOnnxModel(optimised, { dialect: "onnxruntime", constants }, tiles);
  const outputNames = onnxOutputNames(optimised);
  const carried = binding.state.map(({ name, output }) => ({ input: name, output: outputNames[output] as string }));
  const model = binding.stepsPerRun === undefined ? step : repeatModel(step, carried, binding.stepsPerRun);
  return { binding, model: encodeModel(model), outputNames };
}
