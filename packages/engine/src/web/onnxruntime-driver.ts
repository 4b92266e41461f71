import type * as ort from "onnxruntime-web";
import type { CompileOptions } from "../engines/engine.js";
import { engineFailure } from "../engines/failures.js";
import { lowerForOnnxRuntime, type LoweredProgram } from "../engines/lower.js";
import { webgpuOptions } from "../engines/webgpu-options.js";
import { OnnxRuntimeProgram } from "../engines/onnxruntime-program.js";
import type { Driver } from "../engines/owning-engine.js";
import type { LoadedProgram } from "../engines/queued-executable.js";
import { SerialQueue } from "../engines/serial-queue.js";
import type { Program } from "../ir/program.js";

/** ONNX Runtime Web with one execution provider. */
export class OnnxRuntimeWebDriver implements Driver {
  readonly #engine: string;
  readonly #runtime: typeof ort;
  readonly #provider: "wasm" | "webgpu";
  /** The package refuses calls that overlap, even on different sessions. */
  readonly #queue: SerialQueue;

  constructor(engine: string, runtime: typeof ort, provider: "wasm" | "webgpu") {
    this.#engine = engine;
    this.#runtime = runtime;
    this.#provider = provider;
    this.#queue = queueOf(runtime);
  }

  async load(program: Program, options: CompileOptions): Promise<LoadedProgram> {
    const lowered = lowerForOnnxRuntime(program, options, this.#provider === "wasm");
    const { InferenceSession, Tensor } = this.#runtime;
    let session: ort.InferenceSession;
    try {
      session = await this.#queue.add(() => InferenceSession.create(lowered.model, this.#sessionOptions(lowered)));
    } catch (error) {
      throw engineFailure(this.#engine, "a program that ONNX Runtime accepts", error);
    }
    return new OnnxRuntimeProgram(session, Tensor, lowered, { queue: this.#queue });
  }

  #sessionOptions(lowered: LoweredProgram): ort.InferenceSession.SessionOptions {
    return {
      executionProviders: [this.#provider],
      logSeverityLevel: 4,
      ...(this.#provider === "webgpu" ? webgpuOptions(lowered) : { graphOptimizationLevel: "all" }),
    };
  }
}

const queues = new WeakMap<object, SerialQueue>();

/** The one queue of all engines on the same build of the package. */
function queueOf(runtime: typeof ort): SerialQueue {
  const known = queues.get(runtime.env);
  if (known !== undefined) return known;
  const queue = new SerialQueue();
  queues.set(runtime.env, queue);
  return queue;
}
