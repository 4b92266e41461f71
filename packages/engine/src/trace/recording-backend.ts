import * as tf from "@tensorflow/tfjs-core";
import { NextscaleError } from "../errors.js";
import { GraphBuilder } from "../ir/graph-builder.js";
import type { Attributes, ValueId } from "../ir/program.js";
import { formatType, sizeOf, type DType, type TensorData, type TensorType } from "../ir/tensor-type.js";

/** Name under which the recording backend is registered with tfjs. */
export const RECORDING_BACKEND = "nextscale-trace";

/** tfjs keeps data by object identity; ours carry nothing but that identity. */
type DataId = object;

/**
 * A tfjs backend that computes nothing. Each kernel call becomes nodes of a graph; tensors stand for graph values. It
 * lives for one trace.
 */
export class RecordingBackend extends tf.KernelBackend {
  readonly graph = new GraphBuilder();
  readonly #values = new WeakMap<DataId, ValueId>();
  /** Constants that no kernel has used yet: most are shape or axis helpers of tfjs that never reach the graph. */
  readonly #pending = new WeakMap<DataId, { readonly type: TensorType; readonly data: TensorData }>();

  /** The tensor that stands for a graph value. */
  tensorOf(value: ValueId): tf.Tensor {
    return tf.engine().makeTensorFromTensorInfo(this.infoOf(value), this);
  }

  /** The same, as kernels return it. */
  infoOf(value: ValueId): tf.TensorInfo {
    const dataId = {};
    this.#values.set(dataId, value);
    const { shape, dtype } = this.graph.typeOf(value);
    return { dataId, shape: [...shape], dtype };
  }

  /** The graph value that a tensor stands for. Tensors made outside the trace are captured as constants. */
  valueFor(tensor: tf.TensorInfo): ValueId {
    const known = this.#values.get(tensor.dataId);
    if (known !== undefined) return this.#withShape(known, tensor.shape);
    const type: TensorType = { dtype: toDType(tensor.dtype), shape: tensor.shape };
    const pending = this.#pending.get(tensor.dataId);
    const data = pending?.data ?? toTensorData((tensor as tf.Tensor).dataSync(), type.dtype);
    const value = this.#constant(pending?.type ?? type, data);
    this.#values.set(tensor.dataId, value);
    return this.#withShape(value, tensor.shape);
  }

  /** Adds a node and returns tensors for its outputs. */
  record(op: string, inputs: readonly tf.TensorInfo[], attributes: Attributes = {}): tf.Tensor[] {
    const outputs = this.graph.emitAll(
      op,
      inputs.map((input) => this.valueFor(input)),
      attributes,
    );
    return outputs.map((value) => this.tensorOf(value));
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): DataId {
    const dataId = {};
    const type: TensorType = { dtype: toDType(dtype), shape };
    this.#pending.set(dataId, { type, data: toTensorData(values as ArrayLike<number>, type.dtype) });
    return dataId;
  }

  override readSync(dataId: DataId): TensorData {
    const pending = this.#pending.get(dataId);
    if (pending !== undefined) return pending.data;
    const value = this.#values.get(dataId);
    throw new NextscaleError({
      code: "traced-value-read",
      where: "engine/trace",
      expected: "traced code that never reads a value (dataSync, array, print) and never branches on one",
      got: `a read of ${value === undefined ? "an unknown tensor" : formatType(this.graph.typeOf(value))}`,
      fix: "return the tensor from the traced function and read the program's output, or choose with tf.where",
    });
  }

  override read(dataId: DataId): Promise<TensorData> {
    return Promise.resolve().then(() => this.readSync(dataId));
  }

  override disposeData(): boolean {
    return true;
  }

  override incRef(): void {
    // Values are never freed while a trace runs.
  }

  override refCount(): number {
    return 1;
  }

  override numDataIds(): number {
    return 0;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {
    // Holds nothing but JavaScript objects.
  }

  /** tfjs lets a tensor change shape without a kernel call, keeping its data: a reshape all the same. */
  #withShape(value: ValueId, shape: readonly number[]): ValueId {
    return this.graph.reshape(value, shape);
  }

  /** Uniform constants (tf.zeros, tf.ones) become a broadcast scalar: no dense array in the program. */
  #constant(type: TensorType, data: TensorData): ValueId {
    const uniform = data.length > 1 && data.every((element) => Object.is(element, data[0]));
    if (!uniform) return this.graph.constant(type, data.slice());
    return this.graph.expand(this.graph.scalar(data[0] as number, type.dtype), type.shape);
  }
}

/** The IR's name for a tfjs dtype. @throws NextscaleError for dtypes the IR does not have */
export function toDType(dtype: tf.DataType): DType {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "engine/trace",
    expected: "tensors of dtype float32, int32 or bool",
    got: dtype,
  });
}

function toTensorData(values: ArrayLike<number>, dtype: DType): TensorData {
  const size = sizeOf([values.length]);
  const data =
    dtype === "float32" ? new Float32Array(size) : dtype === "int32" ? new Int32Array(size) : new Uint8Array(size);
  data.set(values);
  return data;
}
