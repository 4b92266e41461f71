import type { Engine } from "../engines/engine.js";
import { NextscaleError } from "../errors.js";
import { ENGINE_NAMES, ONNXRUNTIME_PROVIDERS, TFJS_BACKENDS, type EngineName } from "./engine-names.js";
import { openOnnxRuntime, type OnnxRuntimeOptions } from "./onnxruntime-engine.js";

/**
 * Opens an engine in this thread.
 *
 * @throws NextscaleError `invalid-argument` for an unknown name or an option that the engine has not;
 *   `engine-unavailable` when it does not load here
 */
export async function openEngineHere(name: EngineName, options: OnnxRuntimeOptions = {}): Promise<Engine> {
  const provider = ONNXRUNTIME_PROVIDERS.find((candidate) => name === `onnxruntime-node/${candidate}`);
  if (provider !== undefined) return openOnnxRuntime(provider, options);
  const backend = TFJS_BACKENDS.find((candidate) => name === `tfjs/${candidate}`);
  if (backend === undefined) throw invalid(`an engine among ${ENGINE_NAMES.join(", ")}`, name);
  if (options.threads !== undefined) throw invalid("an ONNX Runtime engine with the option threads", name);
  // Imported late: programs that only ever use ONNX Runtime do not wait for tfjs, which a worker would load anew.
  const { openTfjsInNode } = await import("./tfjs-backends.js");
  return openTfjsInNode(backend);
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: "engine/openEngine", expected, got });
}
