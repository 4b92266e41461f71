import { typeOf, type Program } from "../../src/ir/program.js";
import { allocate, type NamedArrays, type TensorData } from "../../src/ir/tensor-type.js";

/** Largest difference relative to 1 + |expected|; two NaN are equal, arrays of different length differ infinitely. */
export function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  return Array.from(expected).reduce((worst, value, i) => {
    if (Object.is(value, actual[i])) return worst;
    const error = Math.abs((actual[i] as number) - value) / (1 + Math.abs(value));
    return error <= worst ? worst : error;
  }, 0);
}

/** Numbers for a program's inputs in the storage of their types. */
export function typed(program: Program, numbers: Readonly<Record<string, ArrayLike<number>>>): NamedArrays {
  const entries = program.inputs.map(({ name, value }): [string, TensorData] => {
    const data = allocate(typeOf(program, value));
    data.set(numbers[name] as ArrayLike<number>);
    return [name, data];
  });
  return Object.fromEntries(entries);
}
