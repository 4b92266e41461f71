import { NextscaleError } from "../errors.js";
import type { Program, ValueId } from "../ir/program.js";
import { typeOf } from "../ir/program.js";
import { formatType, sizeOf } from "../ir/tensor-type.js";
import type { ReferenceTensor } from "../ops/operation.js";
import { operation } from "../ops/index.js";

/**
 * Interprets a program in float64: what every engine is compared with. int32 and bool values are doubles too.
 *
 * @param inputs every program input by name, row-major
 * @returns every program output by name
 * @throws NextscaleError `shape` for a missing or wrongly sized input
 */
export function evaluateProgram(
  program: Program,
  inputs: Readonly<Record<string, ArrayLike<number>>>,
): Record<string, Float64Array> {
  const values = new Map<ValueId, ReferenceTensor>();
  for (const { name, value } of program.inputs) values.set(value, bind(program, name, value, inputs[name]));
  for (const [value, data] of program.constants)
    values.set(value, { type: typeOf(program, value), data: Float64Array.from(data) });
  for (const node of program.nodes) {
    const results = operation(node.op).evaluate(
      node.inputs.map((input) => values.get(input) as ReferenceTensor),
      node.attributes,
    );
    node.outputs.forEach((output, i) => values.set(output, results[i] as ReferenceTensor));
  }
  return Object.fromEntries(
    program.outputs.map(({ name, value }) => [name, (values.get(value) as ReferenceTensor).data]),
  );
}

function bind(program: Program, name: string, value: ValueId, given: ArrayLike<number> | undefined): ReferenceTensor {
  const type = typeOf(program, value);
  if (given === undefined || given.length !== sizeOf(type.shape)) {
    throw new NextscaleError({
      code: "shape",
      where: "engine/evaluateProgram",
      expected: `${formatType(type)} for input ${name}`,
      got: given === undefined ? "nothing" : `${given.length} elements`,
    });
  }
  return { type, data: Float64Array.from(given) };
}
