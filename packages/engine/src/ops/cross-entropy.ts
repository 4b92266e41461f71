import { demand, demandDType } from "./checks.js";
import type { Operation, ReferenceTensor } from "./operation.js";
import { map, zeros } from "./reference.js";
import { logSoftmaxRows } from "./softmax.js";

/**
 * `CrossEntropy(logits [..., V], labels int32 [...])` -> loss [...] in nats, and the log-probabilities [..., V] it was read
 * from. Labels are in [0, V).
 */
const crossEntropy: Operation = {
  infer: (inputs) => {
    const [logits, labels] = inputs;
    const rows = logits!.shape.slice(0, -1);
    demand(
      logits!.dtype === "float32" &&
        labels!.dtype === "int32" &&
        logits!.shape.length === labels!.shape.length + 1 &&
        rows.every((extent, i) => extent === labels!.shape[i]),
      "CrossEntropy",
      "logits f32[..., classes] and labels i32[...]",
      inputs,
    );
    return [{ dtype: "float32", shape: rows }, logits!];
  },
  evaluate: ([logits, labels]) => {
    const logProbabilities = logSoftmaxRows(logits!);
    const classes = logits!.type.shape.at(-1)!;
    const loss = zeros({ dtype: "float32", shape: labels!.type.shape });
    labels!.data.forEach((label, i) => (loss.data[i] = -logProbabilities.data[i * classes + label]!));
    return [loss, logProbabilities];
  },
  gradient: (g, { inputs, outputs }, [dLoss, dLog]) => {
    const [logProbabilities, labels] = [outputs[1]!, inputs[1]!];
    const rows = g.shapeOf(labels);
    const parts: number[] = [];
    if (dLoss !== null) {
      const perLogit = g.emit("CrossEntropyGrad", [logProbabilities, labels]);
      parts.push(g.mul(perLogit, g.reshape(dLoss!, [...rows, 1])));
    }
    if (dLog !== null && dLog !== undefined) {
      parts.push(g.sub(dLog, g.mul(g.emit("Exp", [logProbabilities]), g.sum(dLog, [rows.length], true))));
    }
    return [parts.length === 0 ? null : parts.reduce((a, b) => g.add(a, b)), null];
  },
  toOnnx: (e, { inputs, inputTypes, outputTypes }) => {
    const logProbabilities = e.node("LogSoftmax", [inputs[0]!], { axis: { int: -1 } });
    const axis = inputTypes[1]!.shape.length;
    const column = e.node("Unsqueeze", [inputs[1]!, e.int64s([axis])]);
    const picked = e.node("GatherElements", [logProbabilities, column], { axis: { int: axis } });
    return [e.node("Reshape", [e.node("Neg", [picked]), e.int64s(outputTypes[0]!.shape)]), logProbabilities];
  },
  toTfjs: (backend, [logits, labels]) => {
    const logProbabilities = backend.logSoftmax(logits!);
    const places = backend.cast(backend.oneHot(labels!, logits!.shape.at(-1)!), "float32");
    return [backend.neg(backend.sum(backend.mul(places, logProbabilities), -1)), logProbabilities];
  },
};

/**
 * `CrossEntropyGrad(logProbabilities, labels)`: exp(logProbabilities) - onehot(labels), the gradient of the loss by the
 * logits per row. The factor of the row stays outside, where passes can fold a constant one into the products behind.
 */
const crossEntropyGrad: Operation = {
  infer: ([logProbabilities, labels]) => {
    demandDType("CrossEntropyGrad", "int32", [labels!]);
    return [logProbabilities!];
  },
  evaluate: ([logProbabilities, labels]) => {
    const out: ReferenceTensor = map(logProbabilities!, Math.exp);
    const classes = out.type.shape.at(-1)!;
    labels!.data.forEach((label, i) => (out.data[i * classes + label]! -= 1));
    return [out];
  },
  gradient: (g, { inputs }, [d]) => [d === null ? null : g.mul(d!, g.emit("Exp", [inputs[0]!])), null],
  // A scatter touches one element a row: one pass less than subtracting a one-hot matrix, two less with making it.
  toOnnx: (e, { inputs, inputTypes }) => {
    const { shape } = inputTypes[1]!;
    const axis = shape.length;
    const probabilities = e.node("Exp", [inputs[0]!]);
    const column = e.node("Unsqueeze", [inputs[1]!, e.int64s([axis])]);
    const minusOne = e.node("Expand", [e.scalar(-1), e.int64s([...shape, 1])]);
    return [
      e.node("ScatterElements", [probabilities, column, minusOne], {
        axis: { int: axis },
        reduction: { string: "add" },
      }),
    ];
  },
  toTfjs: (backend, [logProbabilities, labels]) => {
    const places = backend.cast(backend.oneHot(labels!, logProbabilities!.shape.at(-1)!), "float32");
    return [backend.sub(backend.exp(logProbabilities!), places)];
  },
};

/** Softmax cross-entropy and its gradient. */
export const crossEntropyOperations: Readonly<Record<string, Operation>> = {
  CrossEntropy: crossEntropy,
  CrossEntropyGrad: crossEntropyGrad,
};
