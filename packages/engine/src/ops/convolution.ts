import type * as tf from "@tensorflow/tfjs-core";
import type { GraphBuilder } from "../ir/graph-builder.js";
import type { Attributes, ValueId } from "../ir/program.js";
import type { TensorType } from "../ir/tensor-type.js";
import { numbersOf } from "./attributes.js";
import { demand } from "./checks.js";
import { convolvedShape, forEachProduct, reach, spatialAxes, type SpatialAxis } from "./convolution-geometry.js";
import type { OnnxAttribute, Operation } from "./operation.js";
import { zeros } from "./reference.js";

/*
 * Convolutions of images x [n, height, width, c] with filters w [kh, kw, c, o], without flipping, attributes strides [sy, sx],
 * padding [top, bottom, left, right], dilations [dy, dx]. The convolution y is bilinear in x and w: the three operations
 * here are its value and its two adjoints, so each is the gradient of the others.
 */

type Shape = readonly number[];
type Tensor4D = tf.Tensor4D;

/** @throws NextscaleError `shape` unless x, w and y are the shapes of one convolution */
function demandConvolution(
  op: string,
  x: Shape,
  w: Shape,
  y: Shape | null,
  attributes: Attributes,
  inputs: readonly TensorType[],
): void {
  const fits = () => {
    if (x.length !== 4 || w.length !== 4 || x[3] !== w[2] || inputs.some(({ dtype }) => dtype !== "float32"))
      return false;
    const expected = convolvedShape(x, w, attributes);
    return expected.every((extent, i) => extent > 0 && (y === null || extent === y[i]));
  };
  demand(
    fits(),
    op,
    "float32 images [n, height, width, c] and filters [kh, kw, c, o] that fit the padding and strides",
    inputs,
  );
}

/** The strides, padding and dilations among attributes. */
function geometryOf({ strides, padding, dilations }: Attributes): Attributes {
  return { strides: strides!, padding: padding!, dilations: dilations! };
}

function gradientsOf(
  g: GraphBuilder,
  { x, w, dy, attributes }: { x: Shape; w: Shape; dy: ValueId; attributes: Attributes },
): { input: (filter: ValueId) => ValueId; filter: (input: ValueId) => ValueId } {
  const geometry = geometryOf(attributes);
  return {
    input: (filter) => g.emit("Conv2DInputGrad", [dy, filter], { inputShape: x, ...geometry }),
    filter: (input) => g.emit("Conv2DFilterGrad", [input, dy], { filterShape: w, ...geometry }),
  };
}

/** `Conv2D(x, w)` -> y [n, height', width', o]. */
const conv2D: Operation = {
  infer: (inputs, attributes) => {
    const [x, w] = [inputs[0]!.shape, inputs[1]!.shape];
    demandConvolution("Conv2D", x, w, null, attributes, inputs);
    return [{ dtype: "float32", shape: convolvedShape(x, w, attributes) }];
  },
  evaluate: ([x, w], attributes) => {
    const out = zeros({ dtype: "float32", shape: convolvedShape(x!.type.shape, w!.type.shape, attributes) });
    forEachProduct(x!.type.shape, w!.type.shape, attributes, (atX, atW, atY) => {
      out.data[atY]! += x!.data[atX]! * w!.data[atW]!;
    });
    return [out];
  },
  gradient: (g, { inputs, attributes, wanted }, [dy]) => {
    if (dy === null) return [null, null];
    const [x, w] = inputs as [ValueId, ValueId];
    const adjoint = gradientsOf(g, { x: g.shapeOf(x), w: g.shapeOf(w), dy: dy!, attributes });
    return [wanted[0] ? adjoint.input(w) : null, wanted[1] ? adjoint.filter(x) : null];
  },
  toOnnx: (e, { inputs, attributes }) => {
    const [vertical, horizontal] = spatialAxes(attributes);
    const x = e.node("Transpose", [inputs[0]!], TO_CHANNELS_FIRST);
    const w = e.node("Transpose", [inputs[1]!], FILTER_TO_ONNX);
    return [e.node("Transpose", [e.node("Conv", [x, w], onnxGeometry(vertical, horizontal))], TO_CHANNELS_LAST)];
  },
  toTfjs: (backend, [x, w], attributes) => [
    backend.conv2d(
      x as Tensor4D,
      w as Tensor4D,
      pair(attributes, "strides"),
      tfjsPadding(attributes),
      "NHWC",
      pair(attributes, "dilations"),
    ),
  ],
};

/** `Conv2DInputGrad(dy, w, inputShape)`: gradient by x, also known as transposed convolution. */
const conv2DInputGrad: Operation = {
  infer: (inputs, attributes) => {
    const inputShape = numbersOf(attributes, "inputShape");
    demandConvolution("Conv2DInputGrad", inputShape, inputs[1]!.shape, inputs[0]!.shape, attributes, inputs);
    return [{ dtype: "float32", shape: inputShape }];
  },
  evaluate: ([dy, w], attributes) => {
    const out = zeros({ dtype: "float32", shape: numbersOf(attributes, "inputShape") });
    forEachProduct(out.type.shape, w!.type.shape, attributes, (atX, atW, atY) => {
      out.data[atX]! += dy!.data[atY]! * w!.data[atW]!;
    });
    return [out];
  },
  // u = adjoint(dy, w): its own adjoint in dy is the convolution, and in w it pairs u's gradient (as x) with dy.
  gradient: (g, { inputs, attributes, wanted }, [du]) => {
    if (du === null) return [null, null];
    const [dy, w] = inputs as [ValueId, ValueId];
    const filter = gradientsOf(g, { x: g.shapeOf(du!), w: g.shapeOf(w), dy, attributes }).filter;
    return [wanted[0] ? g.emit("Conv2D", [du!, w], geometryOf(attributes)) : null, wanted[1] ? filter(du!) : null];
  },
  toOnnx: (e, { inputs, inputTypes, attributes }) => {
    const axes = spatialAxes(attributes);
    const [dy, w, x] = [inputTypes[0]!.shape, inputTypes[1]!.shape, numbersOf(attributes, "inputShape")];
    // Rows of x behind the last window get nothing, which ONNX calls output padding.
    const behind = axes.map(
      (axis, i) => x[i + 1]! - ((dy[i + 1]! - 1) * axis.stride + reach(axis, w[i]!) - axis.before - axis.after),
    );
    const gradient = e.node("Transpose", [inputs[0]!], TO_CHANNELS_FIRST);
    const filter = e.node("Transpose", [inputs[1]!], FILTER_TO_ONNX);
    const settings = {
      ...onnxGeometry(...axes),
      ...(behind.some((count) => count !== 0) ? { output_padding: { ints: behind } } : {}),
    };
    return [e.node("Transpose", [e.node("ConvTranspose", [gradient, filter], settings)], TO_CHANNELS_LAST)];
  },
  toTfjs: (backend, [dy, w], attributes) => {
    const filter = dilate(backend, w as Tensor4D, pair(attributes, "dilations"));
    const shape = numbersOf(attributes, "inputShape") as [number, number, number, number];
    return [
      backend.conv2dTranspose(dy as Tensor4D, filter, [...shape], pair(attributes, "strides"), tfjsPadding(attributes)),
    ];
  },
};

/** `Conv2DFilterGrad(x, dy, filterShape)`: gradient by w. */
const conv2DFilterGrad: Operation = {
  infer: (inputs, attributes) => {
    const filterShape = numbersOf(attributes, "filterShape");
    demandConvolution("Conv2DFilterGrad", inputs[0]!.shape, filterShape, inputs[1]!.shape, attributes, inputs);
    return [{ dtype: "float32", shape: filterShape }];
  },
  evaluate: ([x, dy], attributes) => {
    const out = zeros({ dtype: "float32", shape: numbersOf(attributes, "filterShape") });
    forEachProduct(x!.type.shape, out.type.shape, attributes, (atX, atW, atY) => {
      out.data[atW]! += x!.data[atX]! * dy!.data[atY]!;
    });
    return [out];
  },
  gradient: (g, { inputs, attributes, wanted }, [dw]) => {
    if (dw === null) return [null, null];
    const [x, dy] = inputs as [ValueId, ValueId];
    const input = gradientsOf(g, { x: g.shapeOf(x), w: g.shapeOf(dw!), dy, attributes }).input;
    return [wanted[0] ? input(dw!) : null, wanted[1] ? g.emit("Conv2D", [x, dw!], geometryOf(attributes)) : null];
  },
  // A convolution too: channels act as images, images as channels, dy as the filter, and stride and dilation change places.
  toOnnx: (e, { inputs, inputTypes, attributes }) => {
    const filterShape = numbersOf(attributes, "filterShape");
    const axes = swapped(attributes, inputTypes[0]!.shape, inputTypes[1]!.shape, filterShape);
    const x = e.node("Transpose", [inputs[0]!], { perm: { ints: [3, 0, 1, 2] } });
    const dy = e.node("Transpose", [inputs[1]!], { perm: { ints: [3, 0, 1, 2] } });
    const sums = e.node("Conv", [x, dy], onnxGeometry(...axes));
    const [kh, kw] = filterShape as [number, number];
    const cropped = e.node("Slice", [sums, e.int64s([0, 0]), e.int64s([kh, kw]), e.int64s([2, 3])]);
    return [e.node("Transpose", [cropped], { perm: { ints: [2, 3, 0, 1] } })];
  },
  toTfjs: (backend, [x, dy], attributes) => {
    const [kh, kw] = numbersOf(attributes, "filterShape") as [number, number];
    const axes = swapped(attributes, x!.shape, dy!.shape, [kh, kw]);
    const images = backend.transpose(x as Tensor4D, [3, 1, 2, 0]);
    const filter = backend.transpose(dy as Tensor4D, [1, 2, 0, 3]);
    const [vertical, horizontal] = axes;
    const padding = explicit(vertical, horizontal);
    const strides: [number, number] = [vertical.stride, horizontal.stride];
    const sums = backend.conv2d(images, filter, strides, padding, "NHWC", [vertical.dilation, horizontal.dilation]);
    const [c, , , o] = sums.shape;
    return [backend.transpose(backend.slice(sums, [0, 0, 0, 0], [c, kh, kw, o]), [1, 2, 0, 3])];
  },
};

/**
 * Axes of the convolution that computes a filter's gradient, padded behind as far as `filter` needs. Rows of x behind the
 * last window still give some rows too many, which callers cut off.
 */
function swapped(attributes: Attributes, x: Shape, dy: Shape, filter: Shape): readonly [SpatialAxis, SpatialAxis] {
  const axes = spatialAxes(attributes).map(({ stride, dilation, before }, i): SpatialAxis => {
    const needed = (dy[i + 1]! - 1) * stride + (filter[i]! - 1) * dilation + 1;
    return { stride: dilation, dilation: stride, before, after: Math.max(0, needed - before - x[i + 1]!) };
  });
  return axes as unknown as readonly [SpatialAxis, SpatialAxis];
}

const TO_CHANNELS_FIRST = { perm: { ints: [0, 3, 1, 2] } };
const TO_CHANNELS_LAST = { perm: { ints: [0, 2, 3, 1] } };
/** [kh, kw, c, o] -> [o, c, kh, kw], which Conv reads as outputs first and ConvTranspose as inputs first. */
const FILTER_TO_ONNX = { perm: { ints: [3, 2, 0, 1] } };

function onnxGeometry(vertical: SpatialAxis, horizontal: SpatialAxis): Readonly<Record<string, OnnxAttribute>> {
  return {
    strides: { ints: [vertical.stride, horizontal.stride] },
    dilations: { ints: [vertical.dilation, horizontal.dilation] },
    pads: { ints: [vertical.before, horizontal.before, vertical.after, horizontal.after] },
  };
}

function pair(attributes: Attributes, name: string): [number, number] {
  return [...numbersOf(attributes, name)] as [number, number];
}

type ExplicitPadding = [[number, number], [number, number], [number, number], [number, number]];

function explicit(vertical: SpatialAxis, horizontal: SpatialAxis): ExplicitPadding {
  return [
    [0, 0],
    [vertical.before, vertical.after],
    [horizontal.before, horizontal.after],
    [0, 0],
  ];
}

function tfjsPadding(attributes: Attributes): ExplicitPadding {
  return explicit(...spatialAxes(attributes));
}

/** The filter with its gaps filled by zeros: tfjs' transposed convolution knows no dilation. */
function dilate(backend: typeof tf, w: Tensor4D, [dy, dx]: readonly [number, number]): Tensor4D {
  if (dy === 1 && dx === 1) return w;
  const [kh, kw, c, o] = w.shape;
  const split = backend.reshape(w, [kh, 1, kw, 1, c * o]);
  const padded = backend.pad(split, [
    [0, 0],
    [0, dy - 1],
    [0, 0],
    [0, dx - 1],
    [0, 0],
  ]);
  const merged = backend.reshape<tf.Rank.R4>(padded, [kh * dy, kw * dx, c, o]);
  return backend.slice(merged, [0, 0, 0, 0], [(kh - 1) * dy + 1, (kw - 1) * dx + 1, c, o]);
}

/** Convolution and its two adjoints. */
export const convolutionOperations: Readonly<Record<string, Operation>> = {
  Conv2D: conv2D,
  Conv2DInputGrad: conv2DInputGrad,
  Conv2DFilterGrad: conv2DFilterGrad,
};
