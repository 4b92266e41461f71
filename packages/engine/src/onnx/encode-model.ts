import type { OnnxAttribute } from "../ops/operation.js";
import {
  ONNX_ATTRIBUTE_TYPES,
  ONNX_TYPES,
  type OnnxGraph,
  type OnnxGraphAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValueInfo,
} from "./model.js";
import { ProtobufWriter } from "./protobuf-writer.js";

/** The bytes of an `.onnx` file. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const out = new ProtobufWriter();
  out.int(1, model.irVersion);
  out.string(2, model.producerName);
  out.message(7, encodeGraph(model.graph));
  for (const [domain, version] of Object.entries(model.opsets)) {
    const opset = new ProtobufWriter();
    opset.string(1, domain);
    opset.int(2, version);
    out.message(8, opset);
  }
  for (const [key, value] of Object.entries(model.metadata)) {
    const entry = new ProtobufWriter();
    entry.string(1, key);
    entry.string(2, value);
    out.message(14, entry);
  }
  return out.finish();
}

function encodeGraph(graph: OnnxGraph): ProtobufWriter {
  const out = new ProtobufWriter();
  graph.nodes.forEach((node) => out.message(1, encodeNode(node)));
  out.string(2, graph.name);
  graph.initialisers.forEach((tensor) => out.message(5, encodeTensor(tensor)));
  graph.inputs.forEach((info) => out.message(11, encodeValueInfo(info)));
  graph.outputs.forEach((info) => out.message(12, encodeValueInfo(info)));
  graph.valueInfo.forEach((info) => out.message(13, encodeValueInfo(info)));
  return out;
}

function encodeNode(node: OnnxNode): ProtobufWriter {
  const out = new ProtobufWriter();
  node.inputs.forEach((name) => out.string(1, name));
  node.outputs.forEach((name) => out.string(2, name));
  out.string(4, node.opType);
  for (const [name, attribute] of Object.entries(node.attributes)) out.message(5, encodeAttribute(name, attribute));
  if (node.domain !== "") out.string(7, node.domain);
  return out;
}

function encodeAttribute(name: string, attribute: OnnxAttribute | OnnxGraphAttribute): ProtobufWriter {
  const out = new ProtobufWriter();
  out.string(1, name);
  if ("float" in attribute) {
    out.float(2, attribute.float);
    out.int(20, ONNX_ATTRIBUTE_TYPES.float);
  } else if ("int" in attribute) {
    out.int(3, attribute.int);
    out.int(20, ONNX_ATTRIBUTE_TYPES.int);
  } else if ("string" in attribute) {
    out.string(4, attribute.string);
    out.int(20, ONNX_ATTRIBUTE_TYPES.string);
  } else if ("graph" in attribute) {
    out.message(6, encodeGraph(attribute.graph));
    out.int(20, ONNX_ATTRIBUTE_TYPES.graph);
  } else {
    attribute.ints.forEach((value) => out.int(8, value));
    out.int(20, ONNX_ATTRIBUTE_TYPES.ints);
  }
  return out;
}

function encodeTensor(tensor: OnnxTensor): ProtobufWriter {
  const out = new ProtobufWriter();
  tensor.dims.forEach((extent) => out.int(1, extent));
  out.int(2, ONNX_TYPES[tensor.type]);
  out.string(8, tensor.name);
  out.bytes(9, tensor.bytes);
  return out;
}

function encodeValueInfo(info: OnnxValueInfo): ProtobufWriter {
  const shape = new ProtobufWriter();
  for (const extent of info.dims) {
    const dimension = new ProtobufWriter();
    dimension.int(1, extent);
    shape.message(1, dimension);
  }
  const tensorType = new ProtobufWriter();
  tensorType.int(1, ONNX_TYPES[info.type]);
  tensorType.message(2, shape);
  const type = new ProtobufWriter();
  type.message(1, tensorType);
  const out = new ProtobufWriter();
  out.string(1, info.name);
  out.message(2, type);
  return out;
}
