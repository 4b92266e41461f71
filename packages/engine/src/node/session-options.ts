import type * as ort from "onnxruntime-node";
import type { OnnxRuntimeProvider } from "./engine-names.js";

/**
 * How long an idle thread of the pool waits busily for the next operator before it sleeps. ONNX Runtime's own default
 * is so long that several busy processes on one machine take the processors from each other.
 *
 * Measured on 2 Zen 4 cores, an AdamW step of a 784-512-512-784 MLP at batch 256: idle machine 13.1 ms with the default,
 * 13.2 ms with 50 us, 14.3 ms without spinning; with six other busy processes 178, 84 and 82 ms.
 */
const SPIN_MICROSECONDS = "50";

/**
 * How sessions are made.
 *
 * - Optimisation "all": of the step of a 6-layer transformer it saves 50 ms of 1120, for 90 ms more when the session is
 *   made. The MLP above gains nothing and pays 4 ms.
 * - Without the memory arena that transformer takes 1.7 s instead of 1.07 s: every large buffer is faulted in anew.
 * - `session.set_denormal_as_zero` stays off: it changes the arithmetic of the calling JavaScript thread too
 *   (5e-324 * 1 becomes 0), and Zen 4 computes with denormal numbers at full speed.
 */
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
    extra: { session: { "intra_op.spin_duration_us": SPIN_MICROSECONDS } },
  };
}
