import type { InferenceSession } from "onnxruntime-common";
import type { LoweredProgram } from "./lower.js";

/**
 * How sessions of ONNX Runtime's WebGPU provider are made, in Node and in a browser.
 *
 * State stays on the device between runs: on an H200 that makes the AdamW step of a 784-512-512-784 MLP take 6 instead of 63 ms.
 *
 * Optimisation "basic" keeps ONNX Runtime from joining a sum and the layer normalisation after it: its WebGPU kernel for both (1.30) does not
 * return the deviation that the gradient needs, and the run fails.
 */
export function webgpuOptions({ binding, outputNames }: LoweredProgram): InferenceSession.SessionOptions {
  const stateNames = binding.state.map(({ output }) => outputNames[output] as string);
  return {
    graphOptimizationLevel: "basic",
    preferredOutputLocation: Object.fromEntries(stateNames.map((name) => [name, "gpu-buffer" as const])),
  };
}
