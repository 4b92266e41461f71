import * as tf from "@tensorflow/tfjs-core";
import { elementwiseKernels } from "./elementwise.js";
import { productKernels } from "./product.js";
import { reductionKernels } from "./reduction.js";
import { shapeKernels } from "./shape.js";
import { KernelAttributes, KernelInputs, unsupported, type Translation } from "./translation.js";
import { RECORDING_BACKEND, type RecordingBackend } from "../recording-backend.js";

/** What to write instead of kernels that are left out on purpose: tfjs' gradients of these are wrong. */
const insteadOf: Readonly<Record<string, string>> = {
  ResizeBilinear: "resize by two small matrices (refinement-core's pyramid has them): their adjoint is exact",
  ResizeNearestNeighbor: "resize by two small matrices (refinement-core's pyramid has them): their adjoint is exact",
  MirrorPad: "pad by a small matrix product (refinement-core's pyramid has reflect-101)",
  Einsum: "write the contraction with tf.matMul, tf.transpose and tf.reshape",
};

const translations: Readonly<Record<string, Translation>> = {
  ...elementwiseKernels,
  ...reductionKernels,
  ...shapeKernels,
  ...productKernels,
};

/** Kernel names that traced code may reach, sorted. */
export function tracedKernels(): readonly string[] {
  return Object.keys(translations).sort();
}

let registered = false;

/** Tells tfjs, once, how the recording backend runs each kernel. Affects no other backend. */
export function registerKernels(): void {
  if (registered) return;
  registered = true;
  for (const [kernelName, translate] of Object.entries(translations)) {
    tf.registerKernel({
      kernelName,
      backendName: RECORDING_BACKEND,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const recording = backend as RecordingBackend;
        const values = new Map(
          Object.entries(inputs).flatMap(([name, tensor]) =>
            tensor === undefined || tensor === null ? [] : [[name, recording.valueFor(tensor)] as const],
          ),
        );
        const result = translate(recording.graph, new KernelInputs(values), new KernelAttributes(attrs ?? {}));
        const infoOf = (value: number) => recording.infoOf(value);
        return typeof result === "number" ? infoOf(result) : result.map(infoOf);
      },
    });
  }
  for (const [kernelName, fix] of Object.entries(insteadOf)) {
    tf.registerKernel({
      kernelName,
      backendName: RECORDING_BACKEND,
      kernelFunc: () => {
        throw unsupported(kernelName, "an operation with an exact gradient on every engine", fix);
      },
    });
  }
}
