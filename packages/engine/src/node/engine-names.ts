/** Execution providers of onnxruntime-node that have an engine name. */
export type OnnxRuntimeProvider = "cpu" | "webgpu" | "cuda" | "coreml" | "dml";

/** tfjs backends that have an engine name; `node` and `node-gpu` are TensorFlow itself. */
export type TfjsBackend = "cpu" | "wasm" | "webgpu" | "node" | "node-gpu";

/** Execution providers of onnxruntime-node that have an engine name. */
export const ONNXRUNTIME_PROVIDERS: readonly OnnxRuntimeProvider[] = ["cpu", "webgpu", "cuda", "coreml", "dml"];

/** tfjs backends that have an engine name. */
export const TFJS_BACKENDS: readonly TfjsBackend[] = ["cpu", "wasm", "webgpu", "node", "node-gpu"];

/** Names of the engines that run in Node. */
export type EngineName = `onnxruntime-node/${OnnxRuntimeProvider}` | `tfjs/${TfjsBackend}`;

/** The engine that {@link openEngine} opens when none is named: the fastest that needs nothing but an npm package. */
export const DEFAULT_ENGINE: EngineName = "onnxruntime-node/cpu";

/** All engines that run in Node, whether or not they load here. */
export const ENGINE_NAMES: readonly EngineName[] = [
  ...ONNXRUNTIME_PROVIDERS.map((provider): EngineName => `onnxruntime-node/${provider}`),
  ...TFJS_BACKENDS.map((backend): EngineName => `tfjs/${backend}`),
];

const TFJS_PACKAGES: Readonly<Record<TfjsBackend, string>> = {
  cpu: "@tensorflow/tfjs-backend-cpu",
  wasm: "@tensorflow/tfjs-backend-wasm",
  webgpu: "@tensorflow/tfjs-backend-webgpu",
  node: "@tensorflow/tfjs-node",
  "node-gpu": "@tensorflow/tfjs-node-gpu",
};

/** The npm package that an engine needs: an optional peer of this one. */
export function peerOf(engine: EngineName): string {
  const backend = TFJS_BACKENDS.find((candidate) => engine === `tfjs/${candidate}`);
  return backend === undefined ? "onnxruntime-node" : TFJS_PACKAGES[backend];
}
