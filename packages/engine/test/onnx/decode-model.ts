import { NextscaleError } from "../../src/errors.js";
import type { OnnxAttribute } from "../../src/ops/operation.js";
import {
  ONNX_ATTRIBUTE_TYPES,
  ONNX_TYPES,
  type OnnxElementType,
  type OnnxGraph,
  type OnnxGraphAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValueInfo,
} from "../../src/onnx/model.js";
import { protobufFields, type ProtobufField } from "./protobuf-reader.js";

/** Protobuf itself stops at 2 GiB a message. */
const MAX_FILE_BYTES = 2 ** 31 - 1;
/** Far beyond what we write (a 6-layer transformer's training step has 2,000 nodes); keeps a lying file from filling memory. */
const MAX_ITEMS = 1_000_000;
const MAX_RANK = 32;
const MAX_DEPTH = 4;
const MAX_NAME_BYTES = 65_536;

/** Bytes of one element. */
export const ONNX_ELEMENT_BYTES: Readonly<Record<OnnxElementType, number>> = {
  float32: 4,
  int32: 4,
  int64: 8,
  bool: 1,
};

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads an `.onnx` file as far as {@link OnnxModel} goes: single graph, tensors of static shape with raw data. Fields
 * it does not know are skipped, as protobuf wants.
 *
 * @throws NextscaleError `invalid-file` for anything truncated, too large, inconsistent or outside that part of ONNX
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  if (bytes.length > MAX_FILE_BYTES) throw invalid("a file below 2 GiB", `${bytes.length} bytes`);
  let irVersion = 0;
  let producerName = "";
  let graph: OnnxGraph | undefined;
  const opsets: [string, number][] = [];
  const metadata: [string, string][] = [];
  for (const field of protobufFields(bytes)) {
    if (field.field === 1) irVersion = toNumber(field);
    else if (field.field === 2) producerName = toText(field);
    else if (field.field === 7) graph = decodeGraph(toBytes(field));
    else if (field.field === 8) opsets.push(decodeOpset(toBytes(field)));
    else if (field.field === 14) metadata.push(decodeEntry(toBytes(field)));
    if (opsets.length + metadata.length > MAX_ITEMS)
      throw invalid("a model of sane size", "too many operator sets or metadata");
  }
  if (graph === undefined) throw invalid("an ONNX model", "a file without a graph");
  return { irVersion, producerName, opsets: Object.fromEntries(opsets), metadata: Object.fromEntries(metadata), graph };
}

function decodeOpset(bytes: Uint8Array): [string, number] {
  let domain = "";
  let version = 0;
  for (const field of protobufFields(bytes)) {
    if (field.field === 1) domain = toText(field);
    else if (field.field === 2) version = toNumber(field);
  }
  return [domain, version];
}

function decodeEntry(bytes: Uint8Array): [string, string] {
  let key = "";
  let value = "";
  for (const field of protobufFields(bytes)) {
    if (field.field === 1) key = toText(field);
    else if (field.field === 2) value = toText(field, Infinity);
  }
  return [key, value];
}

function decodeGraph(bytes: Uint8Array, depth = 0): OnnxGraph {
  if (depth > MAX_DEPTH) throw invalid(`graphs in graphs up to ${MAX_DEPTH} deep`, "deeper ones");
  let name = "";
  const nodes: OnnxNode[] = [];
  const initialisers: OnnxTensor[] = [];
  const inputs: OnnxValueInfo[] = [];
  const outputs: OnnxValueInfo[] = [];
  const valueInfo: OnnxValueInfo[] = [];
  let items = 0;
  for (const field of protobufFields(bytes)) {
    if (++items > MAX_ITEMS) throw invalid(`a graph of at most ${MAX_ITEMS} items`, "more");
    if (field.field === 1) nodes.push(decodeNode(toBytes(field), depth));
    else if (field.field === 2) name = toText(field);
    else if (field.field === 5) initialisers.push(decodeTensor(toBytes(field)));
    else if (field.field === 11) inputs.push(decodeValueInfo(toBytes(field)));
    else if (field.field === 12) outputs.push(decodeValueInfo(toBytes(field)));
    else if (field.field === 13) valueInfo.push(decodeValueInfo(toBytes(field)));
  }
  return { name, nodes, initialisers, inputs, outputs, valueInfo };
}

function decodeNode(bytes: Uint8Array, depth: number): OnnxNode {
  let opType = "";
  let domain = "";
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: [string, OnnxAttribute | OnnxGraphAttribute][] = [];
  for (const field of protobufFields(bytes)) {
    if (field.field === 1) inputs.push(toText(field));
    else if (field.field === 2) outputs.push(toText(field));
    else if (field.field === 4) opType = toText(field);
    else if (field.field === 5) attributes.push(decodeAttribute(toBytes(field), depth));
    else if (field.field === 7) domain = toText(field);
  }
  return { opType, domain, inputs, outputs, attributes: Object.fromEntries(attributes) };
}

function decodeAttribute(bytes: Uint8Array, depth: number): [string, OnnxAttribute | OnnxGraphAttribute] {
  let name = "";
  let type = 0;
  let float = 0;
  let int = 0;
  let string = "";
  let graph: OnnxGraph | undefined;
  const ints: number[] = [];
  for (const field of protobufFields(bytes)) {
    if (field.field === 1) name = toText(field);
    else if (field.field === 2) float = toFloat(field);
    else if (field.field === 3) int = toNumber(field);
    else if (field.field === 4) string = toText(field);
    else if (field.field === 6) graph = decodeGraph(toBytes(field), depth + 1);
    else if (field.field === 8) ints.push(toNumber(field));
    else if (field.field === 20) type = toNumber(field);
  }
  switch (type) {
    case ONNX_ATTRIBUTE_TYPES.float:
      return [name, { float }];
    case ONNX_ATTRIBUTE_TYPES.int:
      return [name, { int }];
    case ONNX_ATTRIBUTE_TYPES.string:
      return [name, { string }];
    case ONNX_ATTRIBUTE_TYPES.ints:
      return [name, { ints }];
    case ONNX_ATTRIBUTE_TYPES.graph:
      if (graph === undefined) throw invalid("a graph attribute", `${JSON.stringify(name)} without one`);
      return [name, { graph }];
    default:
      throw invalid(
        "an attribute of type float, int, string, graph or ints",
        `type ${type} for ${JSON.stringify(name)}`,
      );
  }
}

function decodeTensor(bytes: Uint8Array): OnnxTensor {
  let name = "";
  let type = 0;
  let data = new Uint8Array(0);
  const dims: number[] = [];
  for (const field of protobufFields(bytes)) {
    if (field.field === 1) dims.push(toExtent(field, dims.length));
    else if (field.field === 2) type = toNumber(field);
    else if (field.field === 8) name = toText(field);
    else if (field.field === 9) data = toBytes(field) as Uint8Array<ArrayBuffer>;
  }
  const element = toElementType(type, name);
  const size = dims.reduce((product, extent) => product * extent, ONNX_ELEMENT_BYTES[element]);
  if (size !== data.length)
    throw invalid(
      `${size} bytes of raw data for ${element}[${dims.join(",")}] ${JSON.stringify(name)}`,
      `${data.length}`,
    );
  return { name, type: element, dims, bytes: data };
}

function decodeValueInfo(bytes: Uint8Array): OnnxValueInfo {
  let name = "";
  let type = 0;
  const dims: number[] = [];
  for (const field of protobufFields(bytes)) {
    if (field.field === 1) name = toText(field);
    else if (field.field === 2) {
      const tensorType = nested(toBytes(field), 1);
      for (const part of protobufFields(tensorType)) {
        if (part.field === 1) type = toNumber(part);
        else if (part.field === 2) decodeShape(toBytes(part), dims);
      }
    }
  }
  return { name, type: toElementType(type, name), dims };
}

function decodeShape(bytes: Uint8Array, dims: number[]): void {
  for (const field of protobufFields(bytes)) {
    if (field.field !== 1) continue;
    let extent: number | undefined;
    for (const part of protobufFields(toBytes(field))) if (part.field === 1) extent = toExtent(part, dims.length);
    if (extent === undefined) throw invalid("static shapes", "a dimension without a value");
    dims.push(extent);
  }
}

/** Content of the last field numbered `wanted`; empty when there is none. */
function nested(bytes: Uint8Array, wanted: number): Uint8Array {
  let found = new Uint8Array(0);
  for (const field of protobufFields(bytes))
    if (field.field === wanted) found = toBytes(field) as Uint8Array<ArrayBuffer>;
  return found;
}

function toElementType(type: number, name: string): OnnxElementType {
  for (const [element, number] of Object.entries(ONNX_TYPES)) if (number === type) return element as OnnxElementType;
  throw invalid(
    `an element type among ${Object.keys(ONNX_TYPES).join(", ")}`,
    `type ${type} for ${JSON.stringify(name)}`,
  );
}

function toExtent(field: ProtobufField, rank: number): number {
  const extent = toNumber(field);
  if (extent < 0 || extent > MAX_FILE_BYTES) throw invalid("a non-negative extent below 2^31", String(extent));
  if (rank >= MAX_RANK) throw invalid(`at most ${MAX_RANK} dimensions`, "more");
  return extent;
}

function toNumber(field: ProtobufField): number {
  if (field.int === null) throw invalid(`an integer in field ${field.field}`, "another type");
  if (field.int < BigInt(Number.MIN_SAFE_INTEGER) || field.int > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw invalid("integers below 2^53", String(field.int));
  }
  return Number(field.int);
}

function toFloat(field: ProtobufField): number {
  if (field.float === null) throw invalid(`a float in field ${field.field}`, "another type");
  return field.float;
}

function toBytes(field: ProtobufField): Uint8Array {
  if (field.bytes === null) throw invalid(`bytes in field ${field.field}`, "another type");
  return field.bytes;
}

function toText(field: ProtobufField, limit = MAX_NAME_BYTES): string {
  const bytes = toBytes(field);
  if (bytes.length > limit) throw invalid(`a name of at most ${limit} bytes`, `${bytes.length}`);
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new NextscaleError({
      code: "invalid-file",
      where: "engine/onnx",
      expected: "UTF-8 text",
      got: "other bytes",
      cause,
    });
  }
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-file", where: "engine/onnx", expected, got });
}
