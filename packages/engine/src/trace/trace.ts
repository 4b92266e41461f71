import * as tf from "@tensorflow/tfjs-core";
import { NextscaleError } from "../errors.js";
import type { Program } from "../ir/program.js";
import { DTYPES, sizeOf, type TensorType } from "../ir/tensor-type.js";
import { registerKernels } from "./kernels/index.js";
import { unsupported } from "./kernels/translation.js";
import { RECORDING_BACKEND, RecordingBackend } from "./recording-backend.js";
import { flattenTree, isTensorType, mapTree, type TensorsOf, type Tree } from "./tree.js";

let recording: RecordingBackend | null = null;

/** The backend of the trace in progress, or null outside a trace. */
export function activeRecording(): RecordingBackend | null {
  return recording;
}

/**
 * Runs `fn` once on tensors without values and returns what it would compute.
 *
 * `fn` is ordinary tfjs-core code. It must not read values or branch on them, and draws of `tf.random*` made inside
 * would be frozen into the program: pass noise as an input.
 *
 * @param fn receives a tree of tensors of the form of `signature`, returns a tree of tensors
 * @param signature types of the inputs, in nested records and arrays; a leaf is named by its path, `params/blocks/0/weight`
 * @returns a Program with those inputs, and with outputs named by path in the returned tree (a lone tensor: `output`)
 * @throws NextscaleError `traced-value-read`, `unsupported-kernel`, `shape`; `invalid-argument` for a signature that is no
 *   tree of types, a result that is no tree of tensors, such as a promise, or a call while a tfjs backend starts
 *
 * @example
 * const program = trace(({ x, w }) => tf.matMul(x, w), { x: f32(64, 512), w: f32(512, 512) });
 */
export function trace<S extends Tree<TensorType>>(
  fn: (inputs: TensorsOf<S>) => Tree<tf.Tensor>,
  signature: S,
): Program {
  if (recording !== null) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "engine/trace",
      expected: "a call outside any trace",
      got: "a trace inside a traced function",
      fix: "call the inner function directly: its operations join the trace in progress",
    });
  }
  for (const [path, type] of flattenTree<TensorType>(signature, isTensorType)) checkType(path, type);
  const backend = new RecordingBackend();
  return onBackend(backend, () => {
    const inputs = mapTree<TensorType, tf.Tensor>(signature, isTensorType, (type, path) =>
      backend.tensorOf(backend.graph.input(path === "" ? "input" : path, type)),
    );
    const result: unknown = fn(inputs as TensorsOf<S>);
    // What an async function does later happens outside the trace and fails: the error that counts is the one below.
    if (result instanceof Promise) result.catch(() => undefined);
    const results = flattenTree(result as Tree<tf.Tensor>, isTensor);
    return backend.graph.finish(
      results.map(([path, tensor]) => ({ name: path === "" ? "output" : path, value: backend.valueFor(tensor) })),
    );
  });
}

/** @throws NextscaleError `invalid-argument` unless tensors of this type can exist */
function checkType(path: string, type: TensorType): void {
  const known = DTYPES.includes(type.dtype);
  const extents = type.shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
  if (known && extents && Number.isSafeInteger(sizeOf(type.shape))) return;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "engine/trace",
    expected: `types of dtype ${DTYPES.join(", ")} whose extents are whole numbers from 0`,
    got: `${type.dtype}[${type.shape.join(",")}]${path === "" ? "" : ` for ${path}`}`,
  });
}

/** Makes `backend` the current tfjs backend while `body` runs, and puts things back whatever happens. */
function onBackend<T>(backend: RecordingBackend, body: () => T): T {
  registerKernels();
  const engine = tf.engine();
  if (isStarting(engine)) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "engine/trace",
      expected: "a call while no tfjs backend is starting",
      got: "one that is",
      fix: "await tf.ready() or tf.setBackend() first",
    });
  }
  const previous = engine.backendName as string | null | undefined;
  tf.registerBackend(RECORDING_BACKEND, () => backend);
  recording = backend;
  // With a synchronous factory setBackend has done its work when it returns; its promise only repeats that.
  void tf.setBackend(RECORDING_BACKEND);
  engine.startScope("trace");
  try {
    return body();
  } catch (error) {
    throw asUnsupportedKernel(error);
  } finally {
    engine.endScope();
    recording = null;
    // Without a previous backend, removing ours leaves tfjs to choose one when it is first used, as before.
    if (previous) void tf.setBackend(previous);
    tf.removeBackend(RECORDING_BACKEND);
  }
}

/** While a backend starts tfjs refuses all work, on any backend. It keeps to itself that one does. */
function isStarting(engine: ReturnType<typeof tf.engine>): boolean {
  return Boolean((engine as unknown as { readonly pendingBackendInit?: Promise<boolean> | null }).pendingBackendInit);
}

/** tfjs reports a kernel that no one registered as a plain Error; name it as ours. */
function asUnsupportedKernel(error: unknown): unknown {
  const kernel = error instanceof Error ? /Kernel '([^']+)' not registered/.exec(error.message)?.[1] : undefined;
  if (kernel === undefined) return error;
  return unsupported(
    kernel,
    "operations that the tracer knows (see tracedKernels())",
    "compose it from simpler operations",
  );
}

/** True for a tensor. */
export function isTensor(node: unknown): node is tf.Tensor {
  if (node instanceof tf.Tensor) return true;
  if (typeof node === "object" && node !== null) return false;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "engine/trace",
    expected: "a tensor, or nested records and arrays of tensors",
    got: String(node),
  });
}
