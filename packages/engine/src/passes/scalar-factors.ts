import type { Node, ValueId } from "../ir/program.js";
import { passOf } from "./pass.js";
import type { RewritingGraph, Rule } from "./sweep.js";
import { broadcastOf, countOf, uniformOf } from "./values.js";

/*
 * Multiplications by a known number cost a pass over memory each. They are carried towards the outputs, where they meet and
 * merge, reach something smaller (a sum), or vanish in a product's own factor (`scale`).
 */

/** A value as a number times another value of the same shape. */
interface Scaled {
  readonly factor: number;
  readonly base: ValueId;
}

/** Takes x * c, c * x or -x apart. */
function scaled(graph: RewritingGraph, value: ValueId): Scaled | null {
  const node = graph.producer(value);
  if (node?.op === "Neg" && graph.typeOf(value).dtype === "float32") return { factor: -1, base: node.inputs[0]! };
  if (node?.op !== "Mul" || graph.typeOf(value).dtype !== "float32") return null;
  const [a, b] = node.inputs as [ValueId, ValueId];
  const right = scalar(graph, b);
  if (right !== null) return { factor: right, base: a };
  const left = scalar(graph, a);
  return left === null ? null : { factor: left, base: b };
}

/** The number that a rank-0 float constant is. */
function scalar(graph: RewritingGraph, value: ValueId): number | null {
  const { dtype, shape } = graph.typeOf(value);
  return dtype === "float32" && shape.length === 0 && graph.constants.has(value) ? uniformOf(graph, value) : null;
}

/** {@link scaled}, if the scaling goes away when its one reader does. */
function scaledOnce(graph: RewritingGraph, value: ValueId): Scaled | null {
  return graph.usedOnce(value) ? scaled(graph, value) : null;
}

/** factor * x as one node at most. */
function times(graph: RewritingGraph, x: ValueId, factor: number): ValueId {
  return factor === -1 ? graph.neg(x) : graph.scale(x, factor);
}

/** Smallest number that float32 holds with all its digits; GPUs take smaller ones for 0. */
const SMALLEST = 2 ** -126;

/**
 * Whether one factor can stand for others: it must not leave float32 when they are inside. (x * 1e-25) * 1e-25 is small,
 * x * 0 is nothing.
 */
function standsFor(merged: number, ...parts: readonly number[]): boolean {
  const finite = (factor: number) => Number.isFinite(Math.fround(factor));
  const inside = finite(merged) && Math.abs(merged) >= SMALLEST;
  return inside || parts.some((part) => Math.fround(part) === 0 || !finite(part));
}

/** x / c is x * (1 / c): factors then look alike, and multiplying is faster. */
const divisionByNumber: Rule = {
  ops: ["Div"],
  apply: ({ inputs }, graph) => {
    const divisor = scalar(graph, inputs[1]!);
    if (divisor === null || divisor === 0 || !standsFor(1 / divisor, divisor)) return null;
    return times(graph, inputs[0]!, 1 / divisor);
  },
};

/** (f x) c is (f c) x. */
const mergeFactors: Rule = {
  ops: ["Mul", "Neg"],
  apply: ({ op, inputs }, graph) => {
    const [a, b] = inputs as [ValueId, ValueId];
    if (op === "Neg") {
      const inner = graph.producer(a)?.op === "Mul" ? scaled(graph, a) : null;
      return inner === null ? null : times(graph, inner.base, -inner.factor);
    }
    const right = scalar(graph, b);
    const outer = right ?? scalar(graph, a);
    if (outer === null) return null;
    const inner = scaled(graph, right === null ? b : a);
    if (inner !== null) {
      const merged = inner.factor * outer;
      return standsFor(merged, inner.factor, outer) ? times(graph, inner.base, merged) : null;
    }
    return outer === -1 ? graph.neg(right === null ? b : a) : null;
  },
};

/**
 * (f x) y is f (x y) when x y is no larger than x, and x (f y) when y is the smaller: the factor goes on, or to where it
 * costs least.
 */
const factorThroughMultiplication: Rule = {
  ops: ["Mul"],
  apply: ({ inputs }, graph) => {
    for (const [value, other] of [inputs, inputs.toReversed()] as [ValueId, ValueId][]) {
      if (scalar(graph, other) !== null) return null;
      const inner = scaledOnce(graph, value);
      if (inner === null) continue;
      const [size, otherSize, full] = [value, other]
        .map((id) => countOf(graph, id))
        .concat(fullSize(graph, inputs)) as [number, number, number];
      if (otherSize < size) return graph.mul(inner.base, times(graph, other, inner.factor));
      if (size === full) return times(graph, graph.mul(inner.base, other), inner.factor);
    }
    return null;
  },
};

/** (f x) / y is f (x / y), and x / (f y) is (1/f) (x / y), under the same conditions. */
const factorThroughDivision: Rule = {
  ops: ["Div"],
  apply: ({ inputs }, graph) => {
    const [a, b] = inputs as [ValueId, ValueId];
    const full = fullSize(graph, inputs);
    const numerator = countOf(graph, a) === full ? scaledOnce(graph, a) : null;
    if (numerator !== null) return times(graph, graph.div(numerator.base, b), numerator.factor);
    const denominator = countOf(graph, b) === full ? scaledOnce(graph, b) : null;
    if (denominator === null || denominator.factor === 0) return null;
    const factor = 1 / denominator.factor;
    return standsFor(factor, denominator.factor) ? times(graph, graph.div(a, denominator.base), factor) : null;
  },
};

function fullSize(graph: RewritingGraph, inputs: readonly ValueId[]): number {
  return broadcastOf(graph, inputs).reduce((product, extent) => product * extent, 1);
}

/** f x + f y is f (x + y); so for differences. */
const commonFactor: Rule = {
  ops: ["Add", "Sub"],
  apply: ({ op, inputs }, graph) => {
    const [a, b] = inputs as [ValueId, ValueId];
    if (a === b || graph.typeOf(a).dtype !== "float32") return null;
    const [left, right] = [scaledOnce(graph, a), scaledOnce(graph, b)];
    if (left === null || right === null || left.factor !== right.factor) return null;
    const smaller = countOf(graph, a) + countOf(graph, b) < fullSize(graph, inputs);
    return smaller ? null : times(graph, graph.emit(op, [left.base, right.base]), left.factor);
  },
};

/** Operations linear in their first input whose output is no larger than it. */
const throughFirst: Rule = {
  ops: ["Sum", "Mean", "Reshape", "Transpose", "Slice", "Reverse", "CumSum", "LayerNormGrad"],
  apply: ({ op, inputs, attributes }, graph) => {
    const [first, ...rest] = inputs as [ValueId, ...ValueId[]];
    const shrinks = op === "Sum" || op === "Mean";
    const inner = shrinks ? scaled(graph, first) : scaledOnce(graph, first);
    return inner === null ? null : times(graph, graph.emit(op, [inner.base, ...rest], attributes), inner.factor);
  },
};

/** The gradient of an activation is linear in dy. */
const throughActivationGradient: Rule = {
  ops: ["GeluGrad", "SiluGrad"],
  apply: ({ op, inputs }, graph) => {
    const [x, dy] = inputs as [ValueId, ValueId];
    const inner = countOf(graph, dy) === fullSize(graph, inputs) ? scaledOnce(graph, dy) : null;
    return inner === null ? null : times(graph, graph.emit(op, [x, inner.base]), inner.factor);
  },
};

/** (f a)(g b) is f g (a b): a product has a factor of its own. */
const factorIntoProduct: Rule = {
  ops: ["MatMul"],
  apply: ({ inputs, attributes }, graph) => {
    const parts = inputs.map((value) => scaled(graph, value));
    const factors = parts.flatMap((part) => (part === null ? [] : [part.factor]));
    const merged = factors.length === 0 ? null : withScale(attributes, factors);
    const bases = inputs.map((value, i) => parts[i]?.base ?? value);
    return merged === null ? null : graph.emitAll("MatMul", bases, merged);
  },
};

/** f (a b), also with the product reshaped or transposed in between. */
const factorIntoProductBefore: Rule = {
  ops: ["Mul", "Neg"],
  apply: ({ op, inputs }, graph) => {
    const [a, b] = inputs as [ValueId, ValueId];
    if (op === "Neg") return scaleProduct(graph, a, -1);
    const right = scalar(graph, b);
    const factor = right ?? scalar(graph, a);
    return factor === null ? null : scaleProduct(graph, right === null ? b : a, factor);
  },
};

function scaleProduct(graph: RewritingGraph, value: ValueId, factor: number): ValueId | null {
  const node = graph.producer(value);
  if (node === undefined || !graph.usedOnce(value)) return null;
  if (node.op === "MatMul") {
    const merged = withScale(node.attributes, [factor]);
    return merged === null ? null : graph.emit("MatMul", node.inputs, merged);
  }
  if (node.op !== "Reshape" && node.op !== "Transpose") return null;
  const source = scaleProduct(graph, node.inputs[0]!, factor);
  return source === null ? null : graph.emit(node.op, [source], node.attributes);
}

/** Attributes of a product with further factors in its own; null when they do not go into one. */
function withScale(attributes: Node["attributes"], factors: readonly number[]): Node["attributes"] | null {
  const { scale = 1, ...rest } = attributes;
  const product = (scale as number) * factors.reduce((all, factor) => all * factor, 1);
  if (!standsFor(product, scale as number, ...factors)) return null;
  return product === 1 ? rest : { ...rest, scale: product };
}

/** Rules that merge multiplications by known numbers. */
export const scalarFactorRules: readonly Rule[] = [
  divisionByNumber,
  mergeFactors,
  factorIntoProductBefore,
  factorThroughMultiplication,
  factorThroughDivision,
  commonFactor,
  throughFirst,
  throughActivationGradient,
  factorIntoProduct,
];

/** Merges multiplications by known numbers. */
export const mergeScalarFactors = passOf(scalarFactorRules);
