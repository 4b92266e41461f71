import { arithmeticOperations } from "./binary.js";
import { matMul } from "./matmul.js";
import type { Operation } from "./operation.js";

/** Every operation of the IR by name. */
const operations: Readonly<Record<string, Operation>> = {
  ...arithmeticOperations,
  MatMul: matMul,
};

/** The operation called `name`. */
export function operation(name: string): Operation {
  const found = operations[name];
  if (found === undefined) throw new Error(`internal: unknown operation ${name}`);
  return found;
}

/** Names of all operations, sorted. */
export function operationNames(): readonly string[] {
  return Object.keys(operations).sort();
}
