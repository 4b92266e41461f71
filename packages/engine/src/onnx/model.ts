import type { OnnxAttribute } from "../ops/operation.js";

/*
 * The part of an ONNX file that we write, as plain data. Field names follow onnx.proto
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 */

/** A whole file: `ModelProto`. */
export interface OnnxModel {
  readonly irVersion: number;
  readonly producerName: string;
  /** Operator set versions by domain; the domain of the standard operators is the empty string. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly graph: OnnxGraph;
}

/** `GraphProto`. */
export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initialisers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  /** Types of values in between: a reader can infer them, a person is glad of them. */
  readonly valueInfo: readonly OnnxValueInfo[];
}

/** `NodeProto`. An empty input name stands for an absent optional input. */
export interface OnnxNode {
  readonly opType: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute | OnnxGraphAttribute>>;
}

/** The body of a control-flow node. */
export interface OnnxGraphAttribute {
  readonly graph: OnnxGraph;
}

/** Element types that occur in our files, by their number in `TensorProto.DataType`. */
export const ONNX_TYPES = { float32: 1, int32: 6, int64: 7, bool: 9 } as const;

/** Element types that occur in our files. */
export type OnnxElementType = keyof typeof ONNX_TYPES;

/** `TensorProto` with raw little-endian data. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: OnnxElementType;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

/** `ValueInfoProto` of a tensor of static shape. */
export interface OnnxValueInfo {
  readonly name: string;
  readonly type: OnnxElementType;
  readonly dims: readonly number[];
}

/** Numbers in `AttributeProto.AttributeType`. */
export const ONNX_ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, graph: 5, ints: 7 } as const;
