import { backend_util } from "@tensorflow/tfjs-core";
import type { GraphBuilder } from "../../ir/graph-builder.js";
import type { Attributes, ValueId } from "../../ir/program.js";
import type { KernelAttributes, Translation } from "./translation.js";
import { unsupported } from "./translation.js";

type Shape4 = [number, number, number, number];

/** Strides, explicit padding and dilations of a convolution, from tfjs' several ways to say them. */
function geometry(
  kernel: string,
  input: readonly number[],
  filter: readonly number[],
  attributes: KernelAttributes,
): Attributes {
  const format = (attributes.get("dataFormat") as string | undefined) ?? "NHWC";
  if (format !== "NHWC")
    throw unsupported(`${kernel} in ${format}`, "convolutions in NHWC layout", "transpose to NHWC");
  const info = backend_util.computeConv2DInfo(
    [...input] as Shape4,
    [...filter] as Shape4,
    attributes.get("strides") as number | [number, number],
    (attributes.get("dilations") as number | [number, number] | undefined) ?? 1,
    attributes.get("pad") as "same" | "valid" | number,
    attributes.get("dimRoundingMode") as "floor" | "round" | "ceil" | undefined,
  );
  const { top, bottom, left, right } = info.padInfo;
  return {
    strides: [info.strideHeight, info.strideWidth],
    padding: [top, bottom, left, right],
    dilations: [info.dilationHeight, info.dilationWidth],
  };
}

function activate(g: GraphBuilder, x: ValueId, activation: string | undefined): ValueId {
  if (activation === undefined || activation === "linear") return x;
  const op = { relu: "Relu", sigmoid: "Sigmoid", tanh: "Tanh" }[activation];
  if (op === undefined)
    throw unsupported(`fused activation ${activation}`, "linear, relu, sigmoid or tanh", "apply it as its own op");
  return g.emit(op, [x]);
}

/** Kernels that multiply matrices or convolve. */
export const productKernels: Readonly<Record<string, Translation>> = {
  BatchMatMul: (g, inputs, attributes) =>
    g.matMul(inputs.get("a"), inputs.get("b"), attributes.flag("transposeA"), attributes.flag("transposeB")),
  _FusedMatMul: (g, inputs, attributes) => {
    const product = g.matMul(
      inputs.get("a"),
      inputs.get("b"),
      attributes.flag("transposeA"),
      attributes.flag("transposeB"),
    );
    const bias = inputs.optional("bias");
    return activate(g, bias === undefined ? product : g.add(product, bias), attributes.text("activation"));
  },
  Conv2D: (g, inputs, attributes) => {
    const [x, filter] = [inputs.get("x"), inputs.get("filter")];
    return g.emit("Conv2D", [x, filter], geometry("Conv2D", g.shapeOf(x), g.shapeOf(filter), attributes));
  },
  FusedConv2D: (g, inputs, attributes) => {
    const [x, filter] = [inputs.get("x"), inputs.get("filter")];
    const convolved = g.emit(
      "Conv2D",
      [x, filter],
      geometry("FusedConv2D", g.shapeOf(x), g.shapeOf(filter), attributes),
    );
    const bias = inputs.optional("bias");
    return activate(g, bias === undefined ? convolved : g.add(convolved, bias), attributes.text("activation"));
  },
  Conv2DBackpropInput: (g, inputs, attributes) => {
    const inputShape = attributes.numbers("inputShape");
    const filter = inputs.get("filter");
    const shape = geometry("Conv2DBackpropInput", inputShape, g.shapeOf(filter), attributes);
    return g.emit("Conv2DInputGrad", [inputs.get("dy"), filter], { inputShape, ...shape });
  },
  Conv2DBackpropFilter: (g, inputs, attributes) => {
    const filterShape = attributes.numbers("filterShape");
    const x = inputs.get("x");
    const shape = geometry("Conv2DBackpropFilter", g.shapeOf(x), filterShape, attributes);
    return g.emit("Conv2DFilterGrad", [x, inputs.get("dy")], { filterShape, ...shape });
  },
};
