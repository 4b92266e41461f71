import { availableParallelism } from "node:os";
import type * as ort from "onnxruntime-node";
import type { CompileOptions, Engine } from "../engines/engine.js";
import { engineFailure, unavailable } from "../engines/failures.js";
import { loadPeer } from "../engines/load-peer.js";
import { lowerForOnnxRuntime } from "../engines/lower.js";
import { OnnxRuntimeProgram } from "../engines/onnxruntime-program.js";
import { webgpuOptions } from "../engines/webgpu-options.js";
import { OwningEngine, type Driver } from "../engines/owning-engine.js";
import { probe } from "../engines/probe.js";
import type { LoadedProgram } from "../engines/queued-executable.js";
import { NextscaleError } from "../errors.js";
import type { Program } from "../ir/program.js";
import type { OnnxRuntimeProvider } from "./engine-names.js";
import { readThrough } from "./read-through.js";
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

/** More than any machine has processors; ONNX Runtime makes as many threads as it is told. */
const MOST_THREADS = 4096;

/** Options of {@link openOnnxRuntime}. */
export interface OnnxRuntimeOptions {
  /** Threads of one operator; default: the processors this process may use. */
  readonly threads?: number;
}

/**
 * ONNX Runtime with the given execution provider. Operators that a provider lacks run on the CPU.
 *
 * @throws NextscaleError `engine-unavailable` when onnxruntime-node or the provider does not load here;
 *   `invalid-argument` for a number of threads that is none or beyond any machine's
 */
export async function openOnnxRuntime(
  provider: OnnxRuntimeProvider,
  options: OnnxRuntimeOptions = {},
): Promise<Engine> {
  const name = `onnxruntime-node/${provider}`;
  const threads = options.threads ?? availableParallelism();
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: name,
      expected: `threads: a whole number from 1 to ${MOST_THREADS}`,
      got: String(threads),
    });
  }
  const runtime = await loadOnnxRuntime(name);
  const driver = new OnnxRuntimeDriver(name, runtime, provider, sessionOptions(provider, threads));
  const engine = new OwningEngine(name, driver);
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

class OnnxRuntimeDriver implements Driver {
  readonly #engine: string;
  readonly #runtime: typeof ort;
  readonly #provider: OnnxRuntimeProvider;
  readonly #options: ort.InferenceSession.SessionOptions;

  constructor(
    engine: string,
    runtime: typeof ort,
    provider: OnnxRuntimeProvider,
    options: ort.InferenceSession.SessionOptions,
  ) {
    this.#engine = engine;
    this.#runtime = runtime;
    this.#provider = provider;
    this.#options = options;
  }

  async load(program: Program, options: CompileOptions): Promise<LoadedProgram> {
    const onGpu = this.#provider === "webgpu";
    const lowered = lowerForOnnxRuntime(program, options, this.#provider === "cpu");
    const { InferenceSession, Tensor } = this.#runtime;
    const create = (model: Uint8Array, more: ort.InferenceSession.SessionOptions = {}) =>
      InferenceSession.create(model, { ...this.#options, ...more });
    try {
      const session = await create(lowered.model, onGpu ? webgpuOptions(lowered) : {});
      return new OnnxRuntimeProgram(session, Tensor, lowered, onGpu ? { read: readThrough(create) } : {});
    } catch (error) {
      throw engineFailure(this.#engine, "a program that ONNX Runtime accepts", error);
    }
  }
}
