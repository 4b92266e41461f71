import type { Program, ValueId } from "../ir/program.js";

/**
 * Drops nodes that reach no output, and constants and types that nothing reads then. Inputs stay: they are the program's
 * signature.
 *
 * @returns the very same program when nothing is dead
 */
export function removeDeadCode(program: Program): Program {
  const live = new Set<ValueId>(program.outputs.map(({ value }) => value));
  const nodes = program.nodes
    .toReversed()
    .filter((node) => {
      const needed = node.outputs.some((output) => live.has(output));
      if (needed) for (const input of node.inputs) live.add(input);
      return needed;
    })
    .reverse();
  const constants = new Map([...program.constants].filter(([value]) => live.has(value)));
  if (nodes.length === program.nodes.length && constants.size === program.constants.size) return program;
  const defined = new Set([
    ...program.inputs.map(({ value }) => value),
    ...constants.keys(),
    ...nodes.flatMap(({ outputs }) => outputs),
  ]);
  return { ...program, nodes, constants, types: new Map([...program.types].filter(([value]) => defined.has(value))) };
}
