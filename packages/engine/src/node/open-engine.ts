import type { Engine } from "../engines/engine.js";
import { DEFAULT_ENGINE, type EngineName } from "./engine-names.js";
import { openEngineHere } from "./open-engine-here.js";
import { openWorkerEngine } from "./worker/worker-engine.js";

/** Options of {@link openEngine}. */
export interface OpenEngineOptions {
  /** Threads of one operator, for ONNX Runtime; default: the processors this process may use. */
  readonly threads?: number;
  /** Run in a worker thread, so that timers and sockets of this one stay alive during long runs. Default false. */
  readonly worker?: boolean;
}

/**
 * Opens an engine. The package that an engine needs is imported only now.
 *
 * @param name as listed by {@link ENGINE_NAMES}; default `onnxruntime-node/cpu`
 * @throws NextscaleError `invalid-argument` for an unknown name or an option that the engine has not;
 *   `engine-unavailable` when it is not installed or does not load here: the message says how to install it
 *
 * @example
 * const engine = await openEngine();
 * const executable = await engine.compile(program, { constants: weights });
 * const { output } = await executable.run({ x: new Float32Array(64 * 784) });
 * await engine.close();
 */
export function openEngine(name: EngineName = DEFAULT_ENGINE, options: OpenEngineOptions = {}): Promise<Engine> {
  const threads = options.threads === undefined ? {} : { threads: options.threads };
  return options.worker === true ? openWorkerEngine({ engine: name, ...threads }) : openEngineHere(name, threads);
}
