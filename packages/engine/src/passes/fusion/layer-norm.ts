import type { ValueId } from "../../ir/program.js";
import { numbersOf } from "../../ops/attributes.js";
import { isLastAxis } from "../values.js";
import { inputsOf, numberAt, orders, type GraphView, type Pattern } from "./pattern.js";

/**
 * Layer normalisation without gain and bias from plain operations: (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon) over
 * the last axis, with rsqrt, sqrt or powers.
 */
export const layerNormPattern: Pattern = {
  ops: ["Mul", "Div"],
  match: ({ op, inputs }, graph) => {
    const pairs = op === "Mul" ? orders(inputs) : [[inputs[0]!, inputs[1]!] as const];
    for (const [centred, scale] of pairs) {
      const x = centredInput(graph, centred);
      if (x === null) continue;
      const shifted = op === "Mul" ? inverseRootOf(graph, scale) : rootOf(graph, scale);
      if (shifted === null) continue;
      const { variance, epsilon } = withoutEpsilon(graph, shifted);
      if (!isVariance(graph, variance, x)) continue;
      return { op: "LayerNorm", inputs: [x], attributes: { epsilon }, inner: [centred, scale] };
    }
    return null;
  },
};

/** x, if a value is x - mean(x). */
function centredInput(graph: GraphView, value: ValueId): ValueId | null {
  const difference = inputsOf(graph, value, "Sub");
  if (difference === null) return null;
  return meanOf(graph, difference[1]!) === difference[0] ? difference[0] : null;
}

/** x, if a value is the mean of x over its last axis, with that axis kept. */
function meanOf(graph: GraphView, value: ValueId): ValueId | null {
  const shape = graph.shapeOf(value);
  const source = inputsOf(graph, value, "Reshape")?.[0] ?? value;
  const mean = graph.producer(source);
  if (mean?.op !== "Mean" || shape.at(-1) !== 1) return null;
  const rank = graph.shapeOf(mean.inputs[0]!).length;
  return shape.length === rank && isLastAxis(numbersOf(mean.attributes, "axes"), rank) ? mean.inputs[0]! : null;
}

/** v, if a value is 1 / sqrt(v). */
function inverseRootOf(graph: GraphView, value: ValueId): ValueId | null {
  const direct = inputsOf(graph, value, "Rsqrt")?.[0] ?? powerOf(graph, value, -0.5);
  if (direct !== null) return direct;
  const inverted = inputsOf(graph, value, "Reciprocal")?.[0];
  return inverted === undefined ? null : rootOf(graph, inverted);
}

/** v, if a value is sqrt(v). */
function rootOf(graph: GraphView, value: ValueId): ValueId | null {
  return inputsOf(graph, value, "Sqrt")?.[0] ?? powerOf(graph, value, 0.5);
}

function powerOf(graph: GraphView, value: ValueId, exponent: number): ValueId | null {
  const power = inputsOf(graph, value, "Pow");
  return power !== null && numberAt(graph, power[1]!) === exponent ? power[0]! : null;
}

function withoutEpsilon(graph: GraphView, value: ValueId): { readonly variance: ValueId; readonly epsilon: number } {
  for (const [variance, addend] of orders(inputsOf(graph, value, "Add") ?? [])) {
    const epsilon = addend === undefined ? null : numberAt(graph, addend);
    if (epsilon !== null && epsilon >= 0) return { variance, epsilon };
  }
  return { variance: value, epsilon: 0 };
}

/** Whether a value is mean((x - mean(x))^2). */
function isVariance(graph: GraphView, value: ValueId, x: ValueId): boolean {
  const squared = meanOf(graph, value);
  if (squared === null) return false;
  const product = inputsOf(graph, squared, "Mul");
  const root =
    inputsOf(graph, squared, "Square")?.[0] ??
    powerOf(graph, squared, 2) ??
    (product !== null && product[0] === product[1] ? product[0]! : null);
  return root !== null && centredInput(graph, root) === x;
}
