import { demand } from "./checks.js";
import type { Operation, ReferenceTensor } from "./operation.js";
import { forEachRow, zeros } from "./reference.js";
import type { TensorType } from "../ir/tensor-type.js";

function demandRows(op: string, x: TensorType): void {
  demand(x.dtype === "float32" && (x.shape.at(-1) ?? 0) > 0, op, "a float32 input with a non-empty last axis", [x]);
}

/** log softmax of each row of the last axis. */
export function logSoftmaxRows(x: ReferenceTensor): ReferenceTensor {
  const out = zeros(x.type);
  forEachRow(x, (row, i) => {
    const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
    const logSum = largest + Math.log(row.reduce((sum, element) => sum + Math.exp(element - largest), 0));
    row.forEach((element, j) => (out.data[i * row.length + j] = element - logSum));
  });
  return out;
}

/** `Softmax(x)` over the last axis. */
const softmax: Operation = {
  infer: ([x]) => {
    demandRows("Softmax", x!);
    return [x!];
  },
  evaluate: ([x]) => [{ type: x!.type, data: logSoftmaxRows(x!).data.map(Math.exp) }],
  gradient: (g, { outputs }, [dy]) => {
    if (dy === null) return [null];
    const [y] = outputs;
    const axis = g.shapeOf(y!).length - 1;
    return [g.mul(y!, g.sub(dy!, g.sum(g.mul(dy!, y!), [axis], true)))];
  },
  toOnnx: (e, { inputs }) => [e.node("Softmax", inputs, { axis: { int: -1 } })],
  toTfjs: (backend, [x]) => [backend.softmax(x!)],
};

/** `LogSoftmax(x)` over the last axis. */
const logSoftmax: Operation = {
  infer: ([x]) => {
    demandRows("LogSoftmax", x!);
    return [x!];
  },
  evaluate: ([x]) => [logSoftmaxRows(x!)],
  gradient: (g, { outputs }, [dy]) => {
    if (dy === null) return [null];
    const [y] = outputs;
    const axis = g.shapeOf(y!).length - 1;
    return [g.sub(dy!, g.mul(g.emit("Exp", [y!]), g.sum(dy!, [axis], true)))];
  },
  toOnnx: (e, { inputs }) => [e.node("LogSoftmax", inputs, { axis: { int: -1 } })],
  toTfjs: (backend, [x]) => [backend.logSoftmax(x!)],
};

/** Normalised exponentials. */
export const softmaxOperations: Readonly<Record<string, Operation>> = { Softmax: softmax, LogSoftmax: logSoftmax };
