import type { Attributes } from "../ir/program.js";
import { numberOf } from "./attributes.js";
import { demand, demandDType } from "./checks.js";
import type { OnnxEmitter, Operation, ReferenceTensor } from "./operation.js";
import { forEachIndex, forEachRow, offsetOf, stridesOf, zeros } from "./reference.js";

/** `name(x, axis)`: position of the extremum along an axis, int32, lowest index at ties. */
function argExtremum(name: "ArgMax" | "ArgMin", better: (candidate: number, best: number) => boolean): Operation {
  return {
    infer: ([x], attributes) => {
      demandDType(name, "float32", [x!]);
      const axis = numberOf(attributes, "axis");
      demand(axis < x!.shape.length && x!.shape[axis] !== 0, name, `an input with a non-empty axis ${axis}`, [x!]);
      return [{ dtype: "int32", shape: x!.shape.filter((_, i) => i !== axis) }];
    },
    evaluate: ([x], attributes) => [positions(x!, attributes, better)],
    toOnnx: (e, { inputs, attributes }) => [
      toInt32(e, e.node(name, inputs, { axis: { int: numberOf(attributes, "axis") }, keepdims: { int: 0 } })),
    ],
    toTfjs: (backend, [x], attributes) => {
      const axis = numberOf(attributes, "axis");
      return [name === "ArgMax" ? backend.argMax(x!, axis) : backend.argMin(x!, axis)];
    },
  };
}

function positions(
  x: ReferenceTensor,
  attributes: Attributes,
  better: (candidate: number, best: number) => boolean,
): ReferenceTensor {
  const axis = numberOf(attributes, "axis");
  const out = zeros({ dtype: "int32", shape: x.type.shape.filter((_, i) => i !== axis) });
  const best = new Float64Array(out.data.length);
  const strides = stridesOf(out.type.shape);
  strides.splice(axis, 0, 0);
  forEachIndex(x.type.shape, (index, flat) => {
    const at = offsetOf(index, strides);
    if (index[axis] !== 0 && !better(x.data[flat]!, best[at]!)) return;
    best[at] = x.data[flat]!;
    out.data[at] = index[axis]!;
  });
  return out;
}

/** ONNX gives positions as int64. */
function toInt32(e: OnnxEmitter, positions: string): string {
  return e.node("Cast", [positions], { to: { int: 6 } });
}

/** `TopK(x, k)`: the k largest of the last axis in descending order, and their positions (int32); ties by lowest index. */
const topK: Operation = {
  infer: ([x], attributes) => {
    demandDType("TopK", "float32", [x!]);
    const k = numberOf(attributes, "k");
    demand((x!.shape.at(-1) ?? 0) >= k, "TopK", `a last axis of at least ${k}`, [x!]);
    const shape = [...x!.shape.slice(0, -1), k];
    return [
      { dtype: "float32", shape },
      { dtype: "int32", shape },
    ];
  },
  evaluate: ([x], attributes) => {
    const k = numberOf(attributes, "k");
    const shape = [...x!.type.shape.slice(0, -1), k];
    const [values, indices] = [zeros({ dtype: "float32", shape }), zeros({ dtype: "int32", shape })];
    forEachRow(x!, (row, i) => {
      const order = Array.from(row.keys()).sort((a, b) => row[b]! - row[a]! || a - b);
      for (let j = 0; j < k; j++) {
        values.data[i * k + j] = row[order[j]!]!;
        indices.data[i * k + j] = order[j]!;
      }
    });
    return [values, indices];
  },
  // Each gradient goes back to the place its value came from: dv [.., 1, k] times one-hot rows [.., k, n].
  gradient: (g, { inputs, outputs }, [dv]) => {
    if (dv === null) return [null];
    const shape = g.shapeOf(inputs[0]!);
    const places = g.emit("OneHot", [outputs[1]!], { depth: shape.at(-1)! });
    const k = g.shapeOf(dv!).at(-1)!;
    return [g.reshape(g.matMul(g.reshape(dv!, [...shape.slice(0, -1), 1, k]), places), shape)];
  },
  toOnnx: (e, { inputs, attributes, used }) => {
    const [values, indices] = e.nodes("TopK", [inputs[0]!, e.int64s([numberOf(attributes, "k")])], 2);
    return [values!, used[1] ? toInt32(e, indices!) : indices!];
  },
  toTfjs: (backend, [x], attributes) => {
    const { values, indices } = backend.topk(x!, numberOf(attributes, "k"), true);
    return [values, indices];
  },
};

/** Operations that compare elements along an axis. */
export const orderOperations: Readonly<Record<string, Operation>> = {
  ArgMax: argExtremum("ArgMax", (candidate, best) => candidate > best),
  ArgMin: argExtremum("ArgMin", (candidate, best) => candidate < best),
  TopK: topK,
};
