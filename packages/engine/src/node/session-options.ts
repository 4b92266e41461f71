import type * as ort from "onnxruntime-node";
import type { OnnxRuntimeProvider } from "./engine-names.js";

/** How sessions are made. */
export function sessionOptions(provider: OnnxRuntimeProvider, threads: number): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    enableCpuMemArena: true,
    enableMemPattern: true,
    logSeverityLevel: 4,
    extra: { session: { set_denormal_as_zero: "1" } },
  };
}
