import { f32, gradients, isNextscaleError, trace } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { gaussianDown, gaussianUp } from "../../src/pyramid/gaussian.js";
import { adjoint, hostGrid, tensorGrid, type GridOperator } from "../../src/pyramid/grid-operator.js";
import { hostTensor, type HostTensor } from "../../src/pyramid/host-tensor.js";
import { identityMatrix } from "../../src/pyramid/matrix.js";
import { areaMatrix, bicubicMatrix } from "../../src/pyramid/resize.js";
import { normals } from "../../src/random/distributions.js";
import { randomStream } from "../../src/random/stream.js";
import { runTraced } from "../support/run-traced.js";
import { onCpu } from "../support/cpu.js";

onCpu();

const stream = randomStream(1, "test");
const random = (shape: readonly number[], item: number): HostTensor =>
  hostTensor(shape, normals(stream, { items: [item], draws: shape.reduce((a, b) => a * b, 1) }));
const dot = (a: HostTensor, b: HostTensor) => a.data.reduce((sum, value, i) => sum + value * b.data[i]!, 0);
const asTensor = ({ shape, data }: HostTensor) => tf.tensor(data, [...shape]);

const operators: [string, GridOperator][] = [
  ["Gaussian down, mixed edges", { rows: gaussianDown(7), columns: gaussianDown(6, "periodic") }],
  ["Gaussian up", { rows: gaussianUp(7), columns: gaussianUp(6) }],
  ["area and bicubic", { rows: areaMatrix(7, 3), columns: bicubicMatrix(6, 11) }],
  ["height only", { rows: areaMatrix(7, 2), columns: identityMatrix(6) }],
  ["width only", { rows: identityMatrix(7), columns: areaMatrix(6, 4) }],
  ["nothing", { rows: identityMatrix(7), columns: identityMatrix(6) }],
];

test.each(operators)("%s: tensors and host arrays agree", (_, operator) => {
  const x = random([2, operator.rows.columns, operator.columns.columns, 3], 0);
  const host = hostGrid.apply(operator, x);
  const traced = tf.tidy(() => tensorGrid.apply(operator, asTensor(x)));
  expect(traced.shape).toEqual(host.shape);
  traced.dataSync().forEach((value, i) => {
    expect(value).toBeCloseTo(host.data[i]!, 5);
  });
});

test.each(operators)("%s: the adjoint is exact", (_, operator) => {
  const x = random([2, operator.rows.columns, operator.columns.columns, 3], 1);
  const y = random([2, operator.rows.rows, operator.columns.rows, 3], 2);
  expect(dot(hostGrid.apply(operator, x), y)).toBeCloseTo(dot(x, hostGrid.apply(adjoint(operator), y)), 4);
  const traced = tf.tidy(() => tf.sum(tf.mul(tensorGrid.apply(operator, asTensor(x)), asTensor(y))).arraySync());
  expect(traced).toBeCloseTo(dot(x, hostGrid.apply(adjoint(operator), y)), 4);
});

test.each(operators)("%s: the gradient of a traced operator is its adjoint", async (_, operator) => {
  const x = random([2, operator.rows.columns, operator.columns.columns, 3], 3);
  const dy = random([2, operator.rows.rows, operator.columns.rows, 3], 4);
  const { gradient } = await runTraced({ x, dy }, (tensors) => {
    const loss = tf.sum(tf.mul(tensorGrid.apply(operator, tensors.x), tensors.dy));
    return { gradient: gradients(loss, { x: tensors.x }).x };
  });
  hostGrid.apply(adjoint(operator), dy).data.forEach((value, i) => {
    expect(gradient![i]).toBeCloseTo(value, 5);
  });
});

test("an operator is traced as two products; an axis that stays as it is costs none", () => {
  const products = (operator: GridOperator) => {
    const signature = { x: f32(2, operator.rows.columns, operator.columns.columns, 3) };
    const program = trace(({ x }) => tensorGrid.apply(operator, x), signature);
    return program.nodes.filter((node) => node.op === "MatMul").length;
  };
  expect(operators.map(([, operator]) => products(operator))).toEqual([2, 2, 2, 1, 1, 0]);
});

test("a grid of another size is refused", () => {
  for (const shape of [
    [1, 6, 6, 1],
    [1, 7, 7, 1],
    [7, 6, 1],
  ]) {
    for (const act of [
      () => hostGrid.apply(operators[0]![1], random(shape, 0)),
      () => tensorGrid.apply(operators[0]![1], asTensor(random(shape, 0))),
    ]) {
      let thrown: unknown;
      try {
        act();
      } catch (error) {
        thrown = error;
      }
      expect(isNextscaleError(thrown, "shape")).toBe(true);
    }
  }
});
