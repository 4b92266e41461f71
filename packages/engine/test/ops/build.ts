import { GraphBuilder } from "../../src/ir/graph-builder.js";
import type { Program, ValueId } from "../../src/ir/program.js";
import type { OperationCase } from "./cases.js";

/** A graph with the inputs of an example, each named by its first position: `x0`, `x1`, ... */
export function withInputs({ inputs }: OperationCase): { graph: GraphBuilder; values: readonly ValueId[] } {
  const graph = new GraphBuilder();
  const values = new Map(
    [...new Set(inputs)].map((input) => [input, graph.input(`x${inputs.indexOf(input)}`, input.type)]),
  );
  return { graph, values: inputs.map((input) => values.get(input)!) };
}

/** The program that applies the operation of an example; outputs `y0`, `y1`, ... */
export function programOf(example: OperationCase): Program {
  const { graph, values } = withInputs(example);
  const outputs = graph.emitAll(example.op, values, example.attributes);
  return graph.finish(outputs.map((value, i) => ({ name: `y${i}`, value })));
}

/** Values of an example's inputs by name. */
export function arraysOf({ inputs }: OperationCase): Record<string, Float64Array> {
  return Object.fromEntries(inputs.map((input) => [`x${inputs.indexOf(input)}`, input.values]));
}
