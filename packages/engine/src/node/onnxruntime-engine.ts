import { availableParallelism } from "node:os";
import type * as ort from "onnxruntime-node";
import type { CompileOptions, Engine, Executable } from "../engines/engine.js";
import { alreadyClosed, engineFailure, unavailable } from "../engines/failures.js";
import { lowerForOnnxRuntime } from "../engines/lower.js";
import { probe } from "../engines/probe.js";
import { NextscaleError } from "../errors.js";
import type { Program } from "../ir/program.js";
import type { OnnxRuntimeProvider } from "./engine-names.js";
import { loadPeer } from "../engines/load-peer.js";
import { OnnxRuntimeExecutable } from "./onnxruntime-executable.js";
import { sessionOptions } from "./session-options.js";

const INSTALL = "npm install onnxruntime-node";

/** What makes a provider that is not in the npm package, or not on this machine, work. */
const PROVIDER_FIX: Readonly<Record<OnnxRuntimeProvider, string>> = {
  cpu: INSTALL,
  webgpu: "use a machine with a GPU that has a Vulkan, Metal or Direct3D 12 driver",
  cuda: "run `node node_modules/onnxruntime-node/script/install --onnxruntime-node-install=cuda12` on linux x64 with CUDA 12 and cuDNN 9",
  coreml: "use macOS",
  dml: "use Windows",
};

/** Options of {@link openOnnxRuntime}. */
export interface OnnxRuntimeOptions {
  /** Threads of one operator; default: the processors this process may use. */
  readonly threads?: number;
}

/**
 * ONNX Runtime with the given execution provider. Operators that a provider lacks run on the CPU.
 *
 * @throws NextscaleError `engine-unavailable` when onnxruntime-node or the provider does not load here;
 *   `invalid-argument` for a number of threads that is none
 */
export async function openOnnxRuntime(
  provider: OnnxRuntimeProvider,
  options: OnnxRuntimeOptions = {},
): Promise<Engine> {
  const name = `onnxruntime-node/${provider}`;
  const threads = options.threads ?? availableParallelism();
  if (!Number.isInteger(threads) || threads < 1) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: name,
      expected: "threads: a whole number from 1",
      got: String(threads),
    });
  }
  const runtime = await loadOnnxRuntime(name);
  const engine = new OnnxRuntimeEngine(name, runtime, sessionOptions(provider, threads), provider === "cpu");
  if (provider === "cpu") return engine;
  try {
    await probe(engine);
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw unavailable(name, "a provider that loads here", cause, PROVIDER_FIX[provider]);
  }
  return engine;
}

/** The package, told to report failures by exceptions only rather than also on stderr. */
export function loadOnnxRuntime(engine: string): Promise<typeof ort> {
  return loadPeer(
    engine,
    async () => {
      const module = await import("onnxruntime-node");
      module.env.logLevel = "fatal";
      return module;
    },
    INSTALL,
  );
}

class OnnxRuntimeEngine implements Engine {
  readonly name: string;
  readonly #runtime: typeof ort;
  readonly #options: ort.InferenceSession.SessionOptions;
  readonly #tiled: boolean;
  readonly #executables = new Set<Executable>();
  #closed = false;

  constructor(name: string, runtime: typeof ort, options: ort.InferenceSession.SessionOptions, tiled: boolean) {
    this.name = name;
    this.#runtime = runtime;
    this.#options = options;
    this.#tiled = tiled;
  }

  async compile(program: Program, options: CompileOptions = {}): Promise<Executable> {
    if (this.#closed) throw alreadyClosed(this.name);
    const { binding, model, outputNames } = lowerForOnnxRuntime(program, options, this.#tiled);
    const { InferenceSession, Tensor } = this.#runtime;
    let session: ort.InferenceSession;
    try {
      session = await InferenceSession.create(model, this.#options);
    } catch (error) {
      throw engineFailure(this.name, "a program that ONNX Runtime accepts", error);
    }
    const executable: Executable = new OnnxRuntimeExecutable(this.name, session, Tensor, binding, outputNames, () =>
      this.#executables.delete(executable),
    );
    this.#executables.add(executable);
    return executable;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#executables].map((executable) => executable.close()));
  }
}
