import { typeOf, type Node, type Program, type ValueId } from "../ir/program.js";
import { operation } from "../ops/index.js";
import type { ModelEmitter } from "./model-emitter.js";

/** The part of a program that lowering nodes needs. */
export type TypedValues = Pick<Program, "types" | "constants">;

/** Values that reach an output of a program. */
export function usedValues(program: Program): ReadonlySet<ValueId> {
  const used = new Set(program.outputs.map(({ value }) => value));
  for (const node of program.nodes.toReversed()) {
    if (node.outputs.some((value) => used.has(value))) node.inputs.forEach((value) => used.add(value));
  }
  return used;
}

/** The name of a value; constants get one when first asked for. */
export function nameOf(
  program: TypedValues,
  value: ValueId,
  emitter: ModelEmitter,
  names: Map<ValueId, string>,
): string {
  const known = names.get(value);
  if (known !== undefined) return known;
  const data = program.constants.get(value);
  if (data === undefined) throw new Error(`internal: value %${value} is read before it is defined`);
  const name = emitter.constant(typeOf(program, value), data);
  names.set(value, name);
  return name;
}

/** Emits those nodes whose outputs are used, and fills `names`. */
export function lowerNodes(
  program: TypedValues,
  nodes: readonly Node[],
  used: ReadonlySet<ValueId>,
  emitter: ModelEmitter,
  names: Map<ValueId, string>,
): void {
  for (const node of nodes) {
    if (!node.outputs.some((value) => used.has(value))) continue;
    const outputs = operation(node.op).toOnnx(emitter, {
      inputs: node.inputs.map((value) => nameOf(program, value, emitter, names)),
      inputTypes: node.inputs.map((value) => typeOf(program, value)),
      outputTypes: node.outputs.map((value) => typeOf(program, value)),
      attributes: node.attributes,
      used: node.outputs.map((value) => used.has(value)),
    });
    node.outputs.forEach((value, i) => names.set(value, outputs[i] as string));
  }
}
