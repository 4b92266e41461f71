import type { Program, ValueId } from "../ir/program.js";

/**
 * For each node, the values that no later node and no output reads: an interpreter frees them after that node. Values
 * that are defined and never read die where they are defined.
 */
export function dyingValues(program: Program): readonly (readonly ValueId[])[] {
  const alive = new Set(program.outputs.map(({ value }) => value));
  const dying = program.nodes.map((): ValueId[] => []);
  for (let i = program.nodes.length - 1; i >= 0; i--) {
    const node = program.nodes[i] as Program["nodes"][number];
    for (const value of new Set([...node.outputs, ...node.inputs])) {
      if (!alive.has(value)) (dying[i] as ValueId[]).push(value);
    }
    node.inputs.forEach((value) => alive.add(value));
  }
  return dying;
}
