import type * as ort from "onnxruntime-web";
import type { CompileOptions, Engine, Executable } from "../engines/engine.js";
import { alreadyClosed, engineFailure } from "../engines/failures.js";
import { lowerForOnnxRuntime } from "../engines/lower.js";
import { SerialQueue } from "../engines/serial-queue.js";
import type { Program } from "../ir/program.js";
import { OnnxRuntimeWebExecutable } from "./onnxruntime-executable.js";

/** ONNX Runtime Web with one execution provider. */
export class OnnxRuntimeWebEngine implements Engine {
  readonly name: string;
  readonly #runtime: typeof ort;
  readonly #provider: "wasm" | "webgpu";
  readonly #executables = new Set<Executable>();
  /** The package refuses calls that overlap, even on different sessions. */
  readonly #queue: SerialQueue;
  #closed = false;

  constructor(name: string, runtime: typeof ort, provider: "wasm" | "webgpu") {
    this.name = name;
    this.#runtime = runtime;
    this.#provider = provider;
    this.#queue = queueOf(runtime);
  }

  async compile(program: Program, options: CompileOptions = {}): Promise<Executable> {
    if (this.#closed) throw alreadyClosed(this.name);
    const { binding, model, outputNames } = lowerForOnnxRuntime(program, options, this.#provider === "wasm");
    const stateNames = binding.state.map(({ output }) => outputNames[output] as string);
    const sessionOptions: ort.InferenceSession.SessionOptions = {
      executionProviders: [this.#provider],
      graphOptimizationLevel: "all",
      logSeverityLevel: 4,
      // State stays on the device between runs.
      ...(this.#provider === "webgpu"
        ? { preferredOutputLocation: Object.fromEntries(stateNames.map((name) => [name, "gpu-buffer" as const])) }
        : {}),
    };
    const session = await this.#queue.add(async () => {
      try {
        return await this.#runtime.InferenceSession.create(model, sessionOptions);
      } catch (error) {
        throw engineFailure(this.name, "a program that ONNX Runtime accepts", error);
      }
    });
    const executable: Executable = new OnnxRuntimeWebExecutable(
      this.name,
      session,
      this.#runtime.Tensor,
      binding,
      outputNames,
      this.#queue,
      () => this.#executables.delete(executable),
    );
    this.#executables.add(executable);
    return executable;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#executables].map((executable) => executable.close()));
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
