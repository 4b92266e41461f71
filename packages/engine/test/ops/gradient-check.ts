import { reverseSweep } from "../../src/gradient/reverse-sweep.js";
import type { GraphBuilder } from "../../src/ir/graph-builder.js";
import type { Program, ValueId } from "../../src/ir/program.js";
import { sizeOf } from "../../src/ir/tensor-type.js";
import { evaluateProgram } from "../../src/reference/evaluate.js";
import { uniform } from "../uniform.js";
import { arraysOf, withInputs } from "./build.js";
import type { OperationCase } from "./cases.js";

/** Appends gradients of `loss` to a graph. */
export type Sweep = (graph: GraphBuilder, loss: ValueId, wrt: readonly ValueId[]) => readonly ValueId[];

const STEP = 1e-5;

/**
 * Largest difference between the gradient that `sweep` gives and central differences in float64, relative to 1 + the
 * gradient. The loss weighs all outputs at random and uses each input a second time, so that gradients must add up.
 */
export function gradientError(example: OperationCase, sweep: Sweep = reverseSweep): number {
  const inputs = arraysOf(example);
  const loss = lossProgram(example);
  const gradients = evaluateProgram(gradientProgram(example, sweep), inputs);
  let worst = 0;
  for (const name of Object.keys(gradients)) {
    const x = inputs[name]!;
    const at = (element: number, shift: number) =>
      evaluateProgram(loss, { ...inputs, [name]: x.map((value, i) => (i === element ? value + shift : value)) })[
        "loss"
      ]![0]!;
    x.forEach((_, element) => {
      const numeric = (at(element, STEP) - at(element, -STEP)) / (2 * STEP);
      const difference = Math.abs(gradients[name]![element]! - numeric) / (1 + Math.abs(numeric));
      worst = difference <= worst ? worst : difference;
    });
  }
  return worst;
}

function lossProgram(example: OperationCase): Program {
  const { graph, loss } = buildLoss(example);
  return graph.finish([{ name: "loss", value: loss }]);
}

/** Outputs: the gradient of each float input, under the input's name. */
function gradientProgram(example: OperationCase, sweep: Sweep): Program {
  const { graph, loss } = buildLoss(example);
  const wrt = graph.inputs.filter(({ value }) => graph.typeOf(value).dtype === "float32");
  const gradients = sweep(
    graph,
    loss,
    wrt.map(({ value }) => value),
  );
  return graph.finish(wrt.map(({ name }, i) => ({ name, value: gradients[i]! })));
}

function buildLoss(example: OperationCase): { graph: GraphBuilder; loss: ValueId } {
  const { graph, values } = withInputs(example);
  const outputs = graph.emitAll(example.op, values, example.attributes);
  const through = outputs.filter((_, i) => example.differentiable?.includes(i) ?? true);
  const terms = [...through, ...values].filter((value) => graph.typeOf(value).dtype === "float32");
  return { graph, loss: terms.map((value, i) => weighted(graph, value, i)).reduce((a, b) => graph.add(a, b)) };
}

/** Sum of the elements times fixed random weights. */
function weighted(graph: GraphBuilder, value: ValueId, i: number): ValueId {
  const shape = graph.shapeOf(value);
  const weights = Float32Array.from(uniform(sizeOf(shape), 500 + i), (u) => 2 * u - 1);
  const product = graph.mul(value, graph.constant({ dtype: "float32", shape }, weights));
  return graph.sum(product, [...shape.keys()]);
}
