import { expect, test } from "vitest";
import { reverseSweep } from "../../src/gradient/reverse-sweep.js";
import { operation, operationNames } from "../../src/ops/index.js";
import { operationCases, type OperationCase } from "./cases.js";
import { gradientError, type Sweep } from "./gradient-check.js";

const TOLERANCE = 1e-7;
const differentiable = operationCases.filter(
  ({ op, inputs }) => operation(op).gradient !== undefined && inputs.some(({ type }) => type.dtype === "float32"),
);
const find = (op: string): OperationCase => differentiable.find((example) => example.op === op)!;

test("every operation with a gradient rule is checked", () => {
  const checked = new Set(differentiable.map(({ op }) => op));
  expect(operationNames().filter((name) => operation(name).gradient !== undefined && !checked.has(name))).toEqual([]);
});

test("every operation has an example", () => {
  const known = new Set(operationCases.map(({ op }) => op));
  expect(operationNames().filter((name) => !known.has(name))).toEqual([]);
});

test.each(differentiable)("gradient: $name", (example) => {
  expect(gradientError(example)).toBeLessThan(TOLERANCE);
});

test("negative control: wrong rules fail the check", () => {
  const scaled: Sweep = (graph, loss, wrt) =>
    reverseSweep(graph, loss, wrt).map((gradient) => graph.scale(gradient, 1.001));
  const first: Sweep = (graph, loss, wrt) => {
    const [da] = reverseSweep(graph, loss, wrt);
    return wrt.map(() => da!);
  };
  expect(gradientError(find("Tanh"), scaled)).toBeGreaterThan(TOLERANCE);
  expect(gradientError(find("Mul"), first)).toBeGreaterThan(TOLERANCE);
});
