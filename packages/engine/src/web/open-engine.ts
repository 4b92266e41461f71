import type * as ort from "onnxruntime-web";
import { NextscaleError } from "../errors.js";
import type { Engine } from "../engines/engine.js";
import { unavailable } from "../engines/failures.js";
import { loadPeer } from "../engines/load-peer.js";
import { OwningEngine } from "../engines/owning-engine.js";
import { probe } from "../engines/probe.js";
import { openTfjs } from "../engines/tfjs.js";
import { OnnxRuntimeWebDriver } from "./onnxruntime-driver.js";

/** Names of the engines that run in a browser, besides `tfjs/<backend>` for every backend that the page has imported. */
export const WEB_ENGINE_NAMES = ["onnxruntime-web/wasm", "onnxruntime-web/webgpu"] as const;

/** Names of the engines that run in a browser, besides `tfjs/<backend>` for every backend that the page has imported. */
export type WebEngineName = (typeof WEB_ENGINE_NAMES)[number] | `tfjs/${string}`;

const INSTALL = "npm install onnxruntime-web";
const TFJS = "tfjs/";

/**
 * Opens an engine in a browser. onnxruntime-web and its WebAssembly file are fetched only now.
 *
 * `onnxruntime-web/wasm` computes in the thread that calls it: call it from a Web Worker if a page must stay alive. It
 * uses several threads where the page is cross-origin isolated.
 *
 * @throws NextscaleError `invalid-argument` for an unknown name, `engine-unavailable` when it does not load here
 */
export async function openEngine(name: WebEngineName = "onnxruntime-web/wasm"): Promise<Engine> {
  if (name.startsWith(TFJS)) return openTfjs(name.slice(TFJS.length));
  switch (name) {
    case "onnxruntime-web/wasm":
      return engineOf(name, await load(name, () => import("onnxruntime-web/wasm")), "wasm");
    case "onnxruntime-web/webgpu": {
      const engine = engineOf(name, await load(name, () => import("onnxruntime-web/webgpu")), "webgpu");
      try {
        await probe(engine);
      } catch (error) {
        const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
        throw unavailable(name, "a WebGPU adapter", cause, "use a browser with WebGPU, or onnxruntime-web/wasm");
      }
      return engine;
    }
    default:
      throw new NextscaleError({
        code: "invalid-argument",
        where: "engine/openEngine",
        expected: `an engine among ${WEB_ENGINE_NAMES.join(", ")}, tfjs/<backend>`,
        got: name,
      });
  }
}

function engineOf(name: string, runtime: typeof ort, provider: "wasm" | "webgpu"): Engine {
  return new OwningEngine(name, new OnnxRuntimeWebDriver(name, runtime, provider));
}

/** Loads one build of the package and lets it use the processors the browser grants. */
async function load(name: string, importBuild: () => Promise<typeof ort>): Promise<typeof ort> {
  const runtime = await loadPeer(name, importBuild, INSTALL);
  runtime.env.logLevel = "fatal";
  const { navigator, crossOriginIsolated } = globalThis as {
    navigator?: { hardwareConcurrency?: number };
    crossOriginIsolated?: boolean;
  };
  // It takes half of the processors and four at most unless told.
  runtime.env.wasm.numThreads = crossOriginIsolated === true ? (navigator?.hardwareConcurrency ?? 1) : 1;
  return runtime;
}
