import type { InferenceSession, Tensor } from "onnxruntime-common";
import { GraphBuilder } from "../ir/graph-builder.js";
import type { TensorData, TensorType } from "../ir/tensor-type.js";
import type { ReadTensor } from "../engines/onnxruntime-program.js";
import { toOnnx } from "../onnx/to-onnx.js";

/** Input and output of the copying program. */
const [FROM, TO] = ["from", "to"] as const;

/**
 * Reads a tensor that is on a device by running a program that returns it: outputs come back to the processor unless told otherwise.
 * onnxruntime-node (1.30) has a way of its own, `getData()`, which ends the process for a tensor on a GPU.
 *
 * @param create makes a session whose outputs come back
 */
export function readThrough(create: (model: Uint8Array) => Promise<InferenceSession>): ReadTensor {
  return async (tensor: Tensor) => {
    const session = await create(
      toOnnx(copying({ dtype: tensor.type as TensorType["dtype"], shape: [...tensor.dims] })),
    );
    try {
      const { [TO]: copy } = await session.run({ [FROM]: tensor });
      return copy!.data as TensorData;
    } finally {
      await session.release();
    }
  };
}

function copying(type: TensorType) {
  const graph = new GraphBuilder();
  const from = graph.input(FROM, type);
  return graph.finish([{ name: TO, value: from }]);
}
