import { operation } from "../ops/index.js";
import type { Attributes, NamedValue, Node, Program, ValueId } from "./program.js";
import { typeOf } from "./program.js";
import { sizeOf, type DType, type TensorData, type TensorType } from "./tensor-type.js";

/**
 * Grows a program node by node. The tracer, gradient rules and passes all build through it, so that every value has a
 * checked type from the moment it exists. The methods below `emit` are the vocabulary in which gradient rules are
 * written.
 */
export class GraphBuilder {
  readonly inputs: NamedValue[] = [];
  readonly nodes: Node[] = [];
  readonly constants = new Map<ValueId, TensorData>();
  readonly types = new Map<ValueId, TensorType>();
  #next = 0;

  /** Declares a program input. */
  input(name: string, type: TensorType): ValueId {
    const value = this.#define(type);
    this.inputs.push({ name, value });
    return value;
  }

  /** A value known now. */
  constant(type: TensorType, data: TensorData): ValueId {
    const value = this.#define(type);
    this.constants.set(value, data);
    return value;
  }

  /** A scalar constant, which broadcasts against anything. */
  scalar(value: number, dtype: DType = "float32"): ValueId {
    const data =
      dtype === "float32" ? Float32Array.of(value) : dtype === "int32" ? Int32Array.of(value) : Uint8Array.of(value);
    return this.constant({ dtype, shape: [] }, data);
  }

  /** Appends a node and returns all its outputs. */
  emitAll(op: string, inputs: readonly ValueId[], attributes: Attributes = {}): readonly ValueId[] {
    const types = operation(op).infer(
      inputs.map((value) => this.typeOf(value)),
      attributes,
    );
    const outputs = types.map((type) => this.#define(type));
    this.nodes.push({ op, inputs, attributes, outputs });
    return outputs;
  }

  /** Appends a node and returns its first output. */
  emit(op: string, inputs: readonly ValueId[], attributes: Attributes = {}): ValueId {
    return this.emitAll(op, inputs, attributes)[0] as ValueId;
  }

  typeOf(value: ValueId): TensorType {
    return typeOf(this, value);
  }

  shapeOf(value: ValueId): readonly number[] {
    return this.typeOf(value).shape;
  }

  add(a: ValueId, b: ValueId): ValueId {
    return this.emit("Add", [a, b]);
  }

  sub(a: ValueId, b: ValueId): ValueId {
    return this.emit("Sub", [a, b]);
  }

  mul(a: ValueId, b: ValueId): ValueId {
    return this.emit("Mul", [a, b]);
  }

  div(a: ValueId, b: ValueId): ValueId {
    return this.emit("Div", [a, b]);
  }

  neg(a: ValueId): ValueId {
    return this.emit("Neg", [a]);
  }

  /** Multiplication by a number, which takes the dtype of `a`. */
  scale(a: ValueId, factor: number): ValueId {
    return factor === 1 ? a : this.mul(a, this.scalar(factor, this.typeOf(a).dtype));
  }

  /** 1 where the bool is true, 0 elsewhere. */
  toFloat(a: ValueId): ValueId {
    return this.emit("Cast", [a], { to: "float32" });
  }

  sum(a: ValueId, axes: readonly number[], keepDims = false): ValueId {
    return axes.length === 0 ? a : this.emit("Sum", [a], { axes, keepDims });
  }

  mean(a: ValueId, axes: readonly number[], keepDims = false): ValueId {
    return axes.length === 0 ? a : this.emit("Mean", [a], { axes, keepDims });
  }

  matMul(a: ValueId, b: ValueId, transposeA = false, transposeB = false): ValueId {
    return this.emit("MatMul", [a, b], { transposeA, transposeB });
  }

  reshape(a: ValueId, shape: readonly number[]): ValueId {
    return sameShape(this.shapeOf(a), shape) ? a : this.emit("Reshape", [a], { shape });
  }

  transpose(a: ValueId, perm: readonly number[]): ValueId {
    return perm.every((axis, i) => axis === i) ? a : this.emit("Transpose", [a], { perm });
  }

  /** Broadcasts to `shape`. */
  expand(a: ValueId, shape: readonly number[]): ValueId {
    return sameShape(this.shapeOf(a), shape) ? a : this.emit("Expand", [a], { shape });
  }

  /** Sums away the axes along which a value of `shape` was broadcast: the gradient of broadcasting. */
  sumTo(a: ValueId, shape: readonly number[]): ValueId {
    const from = this.shapeOf(a);
    if (sameShape(from, shape)) return a;
    const lead = from.length - shape.length;
    const axes = from.flatMap((extent, axis) =>
      axis < lead || (shape[axis - lead] === 1 && extent !== 1) ? [axis] : [],
    );
    return this.reshape(this.sum(a, axes), shape);
  }

  /** Freezes what was built. */
  finish(outputs: readonly NamedValue[]): Program {
    return {
      inputs: [...this.inputs],
      outputs: [...outputs],
      constants: new Map(this.constants),
      nodes: [...this.nodes],
      types: new Map(this.types),
    };
  }

  #define(type: TensorType): ValueId {
    const value = this.#next++;
    if (!Number.isSafeInteger(sizeOf(type.shape)))
      throw new Error(`internal: shape [${type.shape.join(",")}] is not static`);
    this.types.set(value, type);
    return value;
  }
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, i) => extent === b[i]);
}
