import type { ValueId } from "../../ir/program.js";
import { close, inputsOf, numberAt, orders, type GraphView, type Pattern } from "./pattern.js";

/** A value as a number times other values. */
interface Product {
  readonly factor: number;
  readonly values: readonly ValueId[];
}

/** How deep a product of products is taken apart. */
const DEEPEST = 4;

/** Takes nested multiplications, and divisions by numbers, apart. */
function factors(graph: GraphView, value: ValueId, depth = DEEPEST): Product {
  const number = numberAt(graph, value);
  if (number !== null) return { factor: number, values: [] };
  const product = depth === 0 ? null : inputsOf(graph, value, "Mul");
  if (product !== null) return multiply(product.map((input) => factors(graph, input, depth - 1)));
  const quotient = depth === 0 ? null : inputsOf(graph, value, "Div");
  const divisor = quotient === null ? null : numberAt(graph, quotient[1]!);
  if (quotient === null || divisor === null) return { factor: 1, values: [value] };
  const dividend = factors(graph, quotient[0]!, depth - 1);
  return { factor: dividend.factor / divisor, values: dividend.values };
}

function multiply(products: readonly Product[]): Product {
  return {
    factor: products.reduce((all, { factor }) => all * factor, 1),
    values: products.flatMap(({ values }) => values),
  };
}

/** k and x, if a value is k (1 + erf(x / sqrt 2)). */
function normalCdf(graph: GraphView, value: ValueId): { readonly scale: number; readonly x: ValueId } | null {
  for (const [erfs, shift] of orders(inputsOf(graph, value, "Add") ?? [])) {
    const scale = shift === undefined ? null : numberAt(graph, shift);
    if (scale === null) continue;
    const product = factors(graph, erfs);
    const inner = product.values.length === 1 ? inputsOf(graph, product.values[0]!, "Erf") : null;
    if (inner === null || !close(product.factor, scale)) continue;
    const argument = factors(graph, inner[0]!);
    if (argument.values.length === 1 && close(argument.factor, Math.SQRT1_2)) return { scale, x: argument.values[0]! };
  }
  return null;
}

/** GELU from plain operations, in any order of its factors: x (1 + erf(x / sqrt 2)) / 2. */
export const geluPattern: Pattern = {
  ops: ["Mul", "Div"],
  match: ({ op, inputs }, graph) => {
    const divisor = op === "Div" ? numberAt(graph, inputs[1]!) : null;
    if (op === "Div" && divisor === null) return null;
    const { factor, values } = op === "Mul" ? multiply(inputs.map((input) => factors(graph, input))) : factors(graph, inputs[0]!);
    if (values.length !== 2) return null;
    for (const [x, other] of orders(values)) {
      const cdf = normalCdf(graph, other);
      if (cdf?.x === x && close((factor / (divisor ?? 1)) * cdf.scale, 0.5)) {
        return { op: "Gelu", inputs: [x], attributes: {}, inner: inputs.filter((value) => value !== x && numberAt(graph, value) === null) };
      }
    }
    return null;
  },
};

/** SiLU from plain operations: x sigmoid(x). */
export const siluPattern: Pattern = {
  ops: ["Mul"],
  match: ({ inputs }, graph) => {
    for (const [x, other] of orders(inputs)) {
      if (inputsOf(graph, other, "Sigmoid")?.[0] === x) return { op: "Silu", inputs: [x], attributes: {}, inner: [other] };
    }
    return null;
  },
};
