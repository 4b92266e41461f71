import type * as tf from "@tensorflow/tfjs-core";
import type { GraphBuilder } from "../ir/graph-builder.js";
import type { Attributes, ValueId } from "../ir/program.js";
import type { TensorData, TensorType } from "../ir/tensor-type.js";

/**
 * All there is to know about one operation of the IR: its types, its meaning, its gradient and its two lowerings. To
 * add an operation, write one such value and list it in `./index.ts`; every pass and engine then knows it.
 */
export interface Operation {
  /**
   * Types of the outputs.
   *
   * @throws NextscaleError `shape` when the inputs do not fit together
   */
  infer(inputs: readonly TensorType[], attributes: Attributes): readonly TensorType[];
  /** The meaning, in float64: what constant folding computes and every engine is compared with. */
  evaluate(inputs: readonly ReferenceTensor[], attributes: Attributes): readonly ReferenceTensor[];
  /**
   * Vector-Jacobian product: for each input the gradient of the loss, or null where none flows. Absent: asking for a
   * gradient through this operation is an error. `outputGradients[i]` is null when output i does not reach the loss.
   */
  gradient?(
    graph: GraphBuilder,
    node: GradientNode,
    outputGradients: readonly (ValueId | null)[],
  ): readonly (ValueId | null)[];
  /** Emits ONNX nodes for it and returns the names of its outputs. */
  toOnnx(emitter: OnnxEmitter, node: LoweringNode): readonly string[];
  /** Runs it on the current tfjs backend. */
  toTfjs(backend: typeof tf, inputs: readonly tf.Tensor[], attributes: Attributes): readonly tf.Tensor[];
}

/** A tensor of the float64 reference evaluation; int32 and bool values are held as doubles too. */
export interface ReferenceTensor {
  readonly type: TensorType;
  readonly data: Float64Array;
}

/** A node as its gradient rule sees it. */
export interface GradientNode {
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  readonly attributes: Attributes;
  /** Whether the gradient of input i is wanted: rules may skip the others. */
  readonly wanted: readonly boolean[];
}

/** A node as its ONNX lowering sees it: names instead of value ids. */
export interface LoweringNode {
  readonly inputs: readonly string[];
  readonly inputTypes: readonly TensorType[];
  readonly outputTypes: readonly TensorType[];
  readonly attributes: Attributes;
  /** False for outputs that nothing reads: a lowering may then return any name for them. */
  readonly used: readonly boolean[];
}

/** ONNX attribute values: integers and floats are told apart by the wrapper. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly ints: readonly number[] };

/** Where a lowering writes ONNX nodes. */
export interface OnnxEmitter {
  /** `standard`: only operators of the ONNX standard; `onnxruntime`: its `com.microsoft` operators too. */
  readonly dialect: "standard" | "onnxruntime";
  /** Emits one node with a single output and returns the output's name. An empty input name means an absent optional input. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    domain?: string,
  ): string;
  /** Emits one node with several outputs. */
  nodes(
    opType: string,
    inputs: readonly string[],
    outputCount: number,
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    domain?: string,
  ): readonly string[];
  /** An initialiser; equal ones are shared. */
  constant(type: TensorType, data: TensorData): string;
  /** A 1-d int64 initialiser, as shapes and axes are given in ONNX. */
  int64s(values: readonly number[]): string;
  /** A float32 scalar initialiser. */
  scalar(value: number): string;
}
