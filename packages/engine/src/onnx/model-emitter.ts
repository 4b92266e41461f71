import { sizeOf, type TensorData, type TensorType } from "../ir/tensor-type.js";
import type { OnnxAttribute, OnnxEmitter } from "../ops/operation.js";
import type { OnnxElementType, OnnxGraph, OnnxGraphAttribute, OnnxNode, OnnxTensor } from "./model.js";

/** Operators of which ONNX Runtime has fused versions live in this domain. */
export const MICROSOFT_DOMAIN = "com.microsoft";

/** How many elements of a tensor go into the key under which equal ones are looked for. */
const SAMPLES = 16;

/** Collects the nodes and initialisers that the lowerings of a program's nodes write. */
export class ModelEmitter implements OnnxEmitter {
  readonly dialect: "standard" | "onnxruntime";
  readonly nodeList: OnnxNode[] = [];
  readonly initialisers: OnnxTensor[] = [];
  readonly #reserved: ReadonlySet<string>;
  readonly #prefix: string;
  readonly #known = new Map<string, OnnxTensor[]>();
  #next = 0;

  /**
   * @param reserved names of program inputs and outputs, which values in between must not take
   * @param prefix with which names begin: a graph inside another needs its own
   */
  constructor(dialect: "standard" | "onnxruntime", reserved: ReadonlySet<string>, prefix = "v") {
    this.dialect = dialect;
    this.#reserved = reserved;
    this.#prefix = prefix;
  }

  node(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain = "",
  ): string {
    return this.nodes(opType, inputs, 1, attributes, domain)[0] as string;
  }

  nodes(
    opType: string,
    inputs: readonly string[],
    outputCount: number,
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain = "",
    graphs: Readonly<Record<string, OnnxGraph>> = {},
  ): readonly string[] {
    const outputs = Array.from({ length: outputCount }, () => this.#freshName());
    const bodies = Object.entries(graphs).map(([name, graph]): [string, OnnxGraphAttribute] => [name, { graph }]);
    this.nodeList.push({
      opType,
      domain,
      inputs,
      outputs,
      attributes: { ...attributes, ...Object.fromEntries(bodies) },
    });
    return outputs;
  }

  constant(type: TensorType, data: TensorData): string {
    return this.#initialiser(type.dtype, type.shape, data);
  }

  int64s(values: readonly number[]): string {
    return this.#initialiser("int64", [values.length], BigInt64Array.from(values, BigInt));
  }

  scalar(value: number): string {
    return this.constant({ dtype: "float32", shape: [] }, Float32Array.of(value));
  }

  /** An initialiser that keeps the name of the program input it stands for. */
  namedConstant(name: string, type: TensorType, data: TensorData): void {
    this.initialisers.push({ name, type: type.dtype, dims: type.shape, bytes: asBytes(data) });
  }

  #initialiser(type: OnnxElementType, dims: readonly number[], data: TensorData | BigInt64Array): string {
    const size = sizeOf(dims);
    if (size !== data.length) throw new Error(`internal: ${data.length} elements for [${dims.join(",")}]`);
    const samples = Array.from({ length: Math.min(SAMPLES, size) }, (_, i) =>
      String(data[Math.floor((i * size) / SAMPLES)]),
    );
    const key = `${type}[${dims.join(",")}]${samples.join(" ")}`;
    const bytes = asBytes(data);
    const similar = this.#known.get(key) ?? [];
    const equal = similar.find((tensor) => equalBytes(tensor.bytes, bytes));
    if (equal !== undefined) return equal.name;
    const tensor = { name: this.#freshName(), type, dims, bytes };
    this.initialisers.push(tensor);
    this.#known.set(key, [...similar, tensor]);
    return tensor.name;
  }

  #freshName(): string {
    for (;;) {
      const name = `${this.#prefix}${this.#next++}`;
      if (!this.#reserved.has(name)) return name;
    }
  }
}

/** The memory of an array. JavaScript engines run on little-endian machines, which is also ONNX's byte order. */
function asBytes(data: TensorData | BigInt64Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
