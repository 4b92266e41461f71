import { GraphBuilder } from "../../src/ir/graph-builder.js";
import { formatProgram } from "../../src/ir/print.js";
import { typeOf, type Program, type ValueId } from "../../src/ir/program.js";
import { sizeOf } from "../../src/ir/tensor-type.js";
import { evaluateProgram } from "../../src/reference/evaluate.js";
import { uniform } from "../uniform.js";

/** A program from its nodes; outputs by name. */
export function programOf(build: (graph: GraphBuilder) => Record<string, ValueId>): Program {
  const graph = new GraphBuilder();
  const outputs = build(graph);
  return graph.finish(Object.entries(outputs).map(([name, value]) => ({ name, value })));
}

/** The printed program without its inputs, values numbered in the order they appear: what a golden test compares. */
export function body(program: Program): string[] {
  const numbers = new Map<string, number>();
  const text = formatProgram(program).replace(/%\d+/g, (name) => {
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return `%${numbers.get(name)!}`;
  });
  return text.split("\n").filter((line) => !line.includes("= input"));
}

/** Inputs drawn from (-1, 1); integers from 0 to 2; bools. */
export function randomInputs(program: Program, seed = 0): Record<string, Float64Array> {
  return Object.fromEntries(
    program.inputs.map(({ name, value }, i) => {
      const { dtype, shape } = typeOf(program, value);
      const draws = uniform(sizeOf(shape), 1000 * seed + i);
      const values = { float32: (u: number) => 2 * u - 1, int32: (u: number) => Math.floor(3 * u), bool: (u: number) => Number(u > 0.5) };
      return [name, draws.map(values[dtype])];
    }),
  );
}

/** Largest difference between the outputs of two programs on the same random inputs, relative to 1 + the largest output. */
export function difference(a: Program, b: Program, seed = 0): number {
  const inputs = randomInputs(a, seed);
  const [expected, actual] = [evaluateProgram(a, inputs), evaluateProgram(b, inputs)];
  return Math.max(...Object.keys(expected).map((name) => relative(expected[name]!, actual[name]!)));
}

function relative(expected: Float64Array, actual: Float64Array): number {
  const scale = 1 + expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return expected.reduce((worst, value, i) => {
    const error = Object.is(value, actual[i]) ? 0 : Math.abs(value - actual[i]!) / scale;
    return error <= worst ? worst : error;
  }, 0);
}
