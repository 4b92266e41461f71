import type * as tf from "@tensorflow/tfjs-core";
import { broadcastAll } from "../ir/broadcast.js";
import type { DType } from "../ir/tensor-type.js";
import { broadcastInputs } from "./broadcast-lowering.js";
import { demandDType, demandOneDType } from "./checks.js";
import type { OnnxEmitter, Operation } from "./operation.js";
import { map, mapBroadcast } from "./reference.js";

type Tfjs = typeof tf;

/** An elementwise question about two broadcast inputs. */
interface ComparisonRule {
  readonly dtypes: readonly DType[];
  readonly holds: (a: number, b: number) => boolean;
  readonly onnx: (e: OnnxEmitter, a: string, b: string) => string;
  readonly tfjs: (backend: Tfjs, a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
}

function comparison(name: string, rule: ComparisonRule): Operation {
  const { holds } = rule;
  return {
    infer: (inputs) => {
      demandOneDType(name, inputs, rule.dtypes);
      return [{ dtype: "bool", shape: broadcastAll(name, inputs) }];
    },
    evaluate: ([a, b]) => [
      mapBroadcast({ dtype: "bool", shape: broadcastAll(name, [a!.type, b!.type]) }, [a!, b!], (x, y) =>
        Number(holds(x, y)),
      ),
    ],
    toOnnx: (e, node) => {
      const [a, b] = broadcastInputs(e, node) as [string, string];
      return [rule.onnx(e, a, b)];
    },
    toTfjs: (backend, [a, b]) => [rule.tfjs(backend, a!, b!)],
  };
}

const onnx = (opType: string) => (e: OnnxEmitter, a: string, b: string) => e.node(opType, [a, b]);
const numbers: readonly DType[] = ["float32", "int32"];
const all: readonly DType[] = ["float32", "int32", "bool"];
const bools: readonly DType[] = ["bool"];

const rules: Readonly<Record<string, ComparisonRule>> = {
  Equal: { dtypes: all, holds: (a, b) => a === b, onnx: onnx("Equal"), tfjs: (t, a, b) => t.equal(a, b) },
  NotEqual: {
    dtypes: all,
    holds: (a, b) => a !== b,
    onnx: (e, a, b) => e.node("Not", [e.node("Equal", [a, b])]),
    tfjs: (t, a, b) => t.notEqual(a, b),
  },
  Greater: { dtypes: numbers, holds: (a, b) => a > b, onnx: onnx("Greater"), tfjs: (t, a, b) => t.greater(a, b) },
  GreaterEqual: {
    dtypes: numbers,
    holds: (a, b) => a >= b,
    onnx: onnx("GreaterOrEqual"),
    tfjs: (t, a, b) => t.greaterEqual(a, b),
  },
  Less: { dtypes: numbers, holds: (a, b) => a < b, onnx: onnx("Less"), tfjs: (t, a, b) => t.less(a, b) },
  LessEqual: {
    dtypes: numbers,
    holds: (a, b) => a <= b,
    onnx: onnx("LessOrEqual"),
    tfjs: (t, a, b) => t.lessEqual(a, b),
  },
  And: { dtypes: bools, holds: (a, b) => a !== 0 && b !== 0, onnx: onnx("And"), tfjs: (t, a, b) => t.logicalAnd(a, b) },
  Or: { dtypes: bools, holds: (a, b) => a !== 0 || b !== 0, onnx: onnx("Or"), tfjs: (t, a, b) => t.logicalOr(a, b) },
};

const isNaN: Operation = {
  infer: ([x]) => {
    demandDType("IsNaN", "float32", [x!]);
    return [{ dtype: "bool", shape: x!.shape }];
  },
  evaluate: ([x]) => [map(x!, (element) => Number(Number.isNaN(element)), "bool")],
  toOnnx: (e, { inputs }) => [e.node("IsNaN", inputs)],
  toTfjs: (backend, [x]) => [backend.isNaN(x!)],
};

/** Operations that give bool: comparisons, And, Or, IsNaN. None has a gradient. */
export const comparisonOperations: Readonly<Record<string, Operation>> = {
  ...Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, comparison(name, rule)])),
  IsNaN: isNaN,
};
