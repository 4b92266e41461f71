import type { TensorType } from "../ir/tensor-type.js";
import { demand } from "./checks.js";
import type { LoweringNode, OnnxEmitter, Operation } from "./operation.js";
import { zeros } from "./reference.js";
import { logSoftmaxRows } from "./softmax.js";

function demandLabels(op: string, logits: TensorType, labels: TensorType, inputs: readonly TensorType[]): void {
  const rows = logits.shape.slice(0, -1);
  demand(
    logits.dtype === "float32" &&
      labels.dtype === "int32" &&
      logits.shape.length === labels.shape.length + 1 &&
      rows.every((extent, i) => extent === labels.shape[i]),
    op,
    "logits f32[..., classes] and labels i32[...]",
    inputs,
  );
}

/**
 * `CrossEntropy(logits [..., V], labels int32 [...])` -> loss [...] in nats, and the log-probabilities [..., V] it was read
 * from. A label outside [0, V) has loss 0 and no gradient, as its one-hot row of zeros would.
 */
const crossEntropy: Operation = {
  infer: (inputs) => {
    const [logits, labels] = inputs;
    demandLabels("CrossEntropy", logits!, labels!, inputs);
    return [{ dtype: "float32", shape: labels!.shape }, logits!];
  },
  evaluate: ([logits, labels]) => {
    const logProbabilities = logSoftmaxRows(logits!);
    const classes = logits!.type.shape.at(-1)!;
    const loss = zeros({ dtype: "float32", shape: labels!.type.shape });
    labels!.data.forEach((label, i) => {
      if (label >= 0 && label < classes) loss.data[i] = -logProbabilities.data[i * classes + label]!;
    });
    return [loss, logProbabilities];
  },
  gradient: (g, { inputs, outputs }, [dLoss, dLog]) => {
    const [logProbabilities, labels] = [outputs[1]!, inputs[1]!];
    const byLoss = dLoss === null ? null : g.emit("CrossEntropyGrad", [logProbabilities, labels, dLoss!]);
    if (dLog === null || dLog === undefined) return [byLoss, null];
    const last = g.shapeOf(labels).length;
    const byLog = g.sub(dLog, g.mul(g.emit("Exp", [logProbabilities]), g.sum(dLog, [last], true)));
    return [byLoss === null ? byLog : g.add(byLoss, byLog), null];
  },
  toOnnx: (e, node) => {
    const logProbabilities = e.node("LogSoftmax", [node.inputs[0]!], { axis: { int: -1 } });
    const { column, known } = labelColumn(e, node);
    const picked = e.node("GatherElements", [logProbabilities, column], { axis: { int: node.inputTypes[1]!.shape.length } });
    const loss = e.node("Neg", [e.node("Mul", [picked, known])]);
    return [e.node("Reshape", [loss, e.int64s(node.outputTypes[0]!.shape)]), logProbabilities];
  },
  toTfjs: (backend, [logits, labels]) => {
    const logProbabilities = backend.logSoftmax(logits!);
    const places = backend.cast(backend.oneHot(labels!, logits!.shape.at(-1)!), "float32");
    return [backend.neg(backend.sum(backend.mul(places, logProbabilities), -1)), logProbabilities];
  },
};

/**
 * `CrossEntropyGrad(logProbabilities [..., V], labels [...], dLoss [...])`: (exp(logProbabilities) - onehot(labels)) dLoss,
 * zero in rows whose label is outside [0, V).
 */
const crossEntropyGrad: Operation = {
  infer: (inputs) => {
    const [logProbabilities, labels, dLoss] = inputs;
    demandLabels("CrossEntropyGrad", logProbabilities!, labels!, inputs);
    demand(dLoss!.dtype === "float32" && dLoss!.shape.length === labels!.shape.length, "CrossEntropyGrad", "a gradient per label", inputs);
    return [logProbabilities!];
  },
  evaluate: ([logProbabilities, labels, dLoss]) => {
    const out = zeros(logProbabilities!.type);
    const classes = out.type.shape.at(-1)!;
    labels!.data.forEach((label, i) => {
      if (label < 0 || label >= classes) return;
      for (let k = 0; k < classes; k++) {
        const at = i * classes + k;
        out.data[at] = (Math.exp(logProbabilities!.data[at]!) - Number(k === label)) * dLoss!.data[i]!;
      }
    });
    return [out];
  },
  gradient: (g, { inputs, wanted }, [d]) => {
    if (d === null) return [null, null, null];
    const [logProbabilities, labels, dLoss] = inputs as [number, number, number];
    const rows = g.shapeOf(labels);
    const known = g.sum(g.emit("OneHot", [labels], { depth: g.shapeOf(logProbabilities).at(-1)! }), [rows.length], true);
    const perRow = g.mul(known, g.reshape(dLoss, [...rows, 1]));
    const slope = () => g.emit("CrossEntropyGrad", [logProbabilities, labels, g.expand(g.scalar(1), rows)]);
    return [
      wanted[0] ? g.mul(d!, g.mul(g.emit("Exp", [logProbabilities]), perRow)) : null,
      null,
      wanted[2] ? g.sum(g.mul(d!, slope()), [rows.length]) : null,
    ];
  },
  // A scatter touches one element a row: two passes fewer than making a one-hot matrix and subtracting it.
  toOnnx: (e, node) => {
    const axis = node.inputTypes[1]!.shape.length;
    const { column, known } = labelColumn(e, node);
    const perRow = e.node("Mul", [e.node("Unsqueeze", [node.inputs[2]!, e.int64s([axis])]), known]);
    const probabilities = e.node("Mul", [e.node("Exp", [node.inputs[0]!]), perRow]);
    const atLabel = e.node("Neg", [perRow]);
    return [e.node("ScatterElements", [probabilities, column, atLabel], { axis: { int: axis }, reduction: { string: "add" } })];
  },
  toTfjs: (backend, [logProbabilities, labels, dLoss]) => {
    const places = backend.cast(backend.oneHot(labels!, logProbabilities!.shape.at(-1)!), "float32");
    const perRow = backend.mul(backend.sum(places, -1, true), backend.expandDims(dLoss!, -1));
    return [backend.mul(backend.sub(backend.exp(logProbabilities!), places), perRow)];
  },
};

/** Labels as a column of addresses that exist, and a column that is 1 where they were in range, 0 elsewhere. */
function labelColumn(e: OnnxEmitter, { inputs, inputTypes }: LoweringNode): { column: string; known: string } {
  const classes = inputTypes[0]!.shape.at(-1)!;
  const integer = (value: number) => e.constant({ dtype: "int32", shape: [] }, Int32Array.of(value));
  const labels = e.node("Unsqueeze", [inputs[1]!, e.int64s([inputTypes[1]!.shape.length])]);
  const column = e.node("Min", [e.node("Max", [labels, integer(0)]), integer(classes - 1)]);
  return { column, known: e.node("Cast", [e.node("Equal", [column, labels])], { to: { int: 1 } }) };
}

/** Softmax cross-entropy and its gradient. */
export const crossEntropyOperations: Readonly<Record<string, Operation>> = {
  CrossEntropy: crossEntropy,
  CrossEntropyGrad: crossEntropyGrad,
};
