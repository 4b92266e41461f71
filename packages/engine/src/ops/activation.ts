import type { GraphBuilder } from "../ir/graph-builder.js";
import { broadcastAll } from "../ir/broadcast.js";
import type { ValueId } from "../ir/program.js";
import { demandDType } from "./checks.js";
import type { OnnxEmitter, Operation } from "./operation.js";
import { map, mapBroadcast } from "./reference.js";
import { normalCdf, normalDensity, sigmoid } from "./special-functions.js";
import type * as tf from "@tensorflow/tfjs-core";

/** A smooth activation and its gradient as one node each. */
interface ActivationRule {
  readonly evaluate: (x: number) => number;
  readonly derivative: (x: number) => number;
  readonly onnx: (e: OnnxEmitter, x: string) => string;
  readonly secondDerivative: (g: GraphBuilder, x: ValueId) => ValueId;
  /** dy times the derivative at x. */
  readonly onnxGradient: (e: OnnxEmitter, x: string, dy: string) => string;
  readonly tfjs: (backend: typeof tf, x: tf.Tensor) => tf.Tensor;
  readonly tfjsDerivative: (backend: typeof tf, x: tf.Tensor) => tf.Tensor;
}

function activation(name: string, rule: ActivationRule): Readonly<Record<string, Operation>> {
  const gradientName = `${name}Grad`;
  return {
    [name]: {
      infer: ([x]) => {
        demandDType(name, "float32", [x!]);
        return [x!];
      },
      evaluate: ([x]) => [map(x!, rule.evaluate)],
      gradient: (g: GraphBuilder, { inputs }, [dy]) => [dy === null ? null : g.emit(gradientName, [inputs[0]!, dy!])],
      toOnnx: (e, { inputs }) => [rule.onnx(e, inputs[0]!)],
      toTfjs: (backend, [x]) => [rule.tfjs(backend, x!)],
    },
    [gradientName]: {
      infer: (inputs) => {
        demandDType(gradientName, "float32", inputs);
        return [{ dtype: "float32", shape: broadcastAll(gradientName, inputs) }];
      },
      evaluate: ([x, dy]) => [
        mapBroadcast(
          { dtype: "float32", shape: broadcastAll(gradientName, [x!.type, dy!.type]) },
          [x!, dy!],
          (at, gradient) => rule.derivative(at) * gradient,
        ),
      ],
      gradient: (g, { inputs, wanted }, [d]) => {
        if (d === null) return [null, null];
        const [x, dy] = inputs as [ValueId, ValueId];
        const byX = () => g.mul(g.mul(d!, dy), rule.secondDerivative(g, x));
        return [
          wanted[0] ? g.sumTo(byX(), g.shapeOf(x)) : null,
          wanted[1] ? g.sumTo(g.emit(gradientName, [x, d!]), g.shapeOf(dy)) : null,
        ];
      },
      toOnnx: (e, { inputs }) => [rule.onnxGradient(e, inputs[0]!, inputs[1]!)],
      toTfjs: (backend, [x, dy]) => [backend.mul(dy!, rule.tfjsDerivative(backend, x!))],
    },
  };
}

const INVERSE_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);

const gelu: ActivationRule = {
  evaluate: (x) => x * normalCdf(x),
  derivative: (x) => normalCdf(x) + x * normalDensity(x),
  // density(x) (2 - x^2)
  secondDerivative: (g, x) => {
    const square = g.emit("Square", [x]);
    const density = g.scale(g.emit("Exp", [g.scale(square, -0.5)]), INVERSE_SQRT_2PI);
    return g.mul(density, g.sub(g.scalar(2), square));
  },
  onnx: (e, x) => e.node("Gelu", [x]),
  // With u = x / sqrt 2: (1 + erf u) / 2 + u e^{-u^2} / sqrt pi, in nine passes. HardSigmoid is an affine map in one pass
  // (its clipping at 0 and 1 changes nothing here), and dividing by e^{u^2} spares the negation; it may overflow, to a
  // quotient of 0. Measured on [6656, 768], one thread: 20 ms, against 28 ms for the formula as written (11 passes).
  // No single kernel of ONNX Runtime has the derivative.
  onnxGradient: (e, x, dy) => {
    const u = e.node("Mul", [x, e.scalar(Math.SQRT1_2)]);
    const cdf = e.node("HardSigmoid", [e.node("Erf", [u])], { alpha: { float: 0.5 }, beta: { float: 0.5 } });
    const bell = e.node("Div", [u, e.node("Exp", [e.node("Mul", [u, u])])]);
    return e.node("Mul", [dy, e.node("Add", [cdf, e.node("Mul", [bell, e.scalar(1 / Math.sqrt(Math.PI))])])]);
  },
  tfjs: (t, x) => t.mul(t.mul(x, 0.5), t.add(t.erf(t.mul(x, Math.SQRT1_2)), 1)),
  tfjsDerivative: (t, x) => {
    const cdf = t.mul(t.add(t.erf(t.mul(x, Math.SQRT1_2)), 1), 0.5);
    const density = t.mul(t.exp(t.mul(t.square(x), -0.5)), INVERSE_SQRT_2PI);
    return t.add(cdf, t.mul(x, density));
  },
};

const silu: ActivationRule = {
  evaluate: (x) => x * sigmoid(x),
  derivative: (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x))),
  // s (1 - s) (2 + x (1 - 2 s))
  secondDerivative: (g, x) => {
    const s = g.emit("Sigmoid", [x]);
    const slope = g.mul(s, g.sub(g.scalar(1), s));
    return g.mul(slope, g.add(g.scalar(2), g.mul(x, g.sub(g.scalar(1), g.scale(s, 2)))));
  },
  onnx: (e, x) =>
    e.dialect === "onnxruntime"
      ? e.node("QuickGelu", [x], { alpha: { float: 1 } }, "com.microsoft")
      : e.node("Mul", [x, e.node("Sigmoid", [x])]),
  // s (1 + x (1 - s)) = y + s (1 - y). With x (1 - s) from QuickGelu it is a pass less and no faster (12.8 and 12.9 ms).
  onnxGradient: (e, x, dy) => {
    const s = e.node("Sigmoid", [x]);
    const y = e.node("Mul", [x, s]);
    return e.node("Mul", [dy, e.node("Add", [y, e.node("Mul", [s, e.node("Sub", [e.scalar(1), y])])])]);
  },
  tfjs: (t, x) => t.mul(x, t.sigmoid(x)),
  tfjsDerivative: (t, x) => {
    const s = t.sigmoid(x);
    return t.mul(s, t.add(1, t.mul(x, t.sub(1, s))));
  },
};

/** GELU (Hendrycks and Gimpel 2016, exact) and SiLU, with their gradients `GeluGrad(x, dy)` and `SiluGrad(x, dy)`. */
export const activationOperations: Readonly<Record<string, Operation>> = {
  ...activation("Gelu", gelu),
  ...activation("Silu", silu),
};
