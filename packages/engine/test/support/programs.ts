import { GraphBuilder } from "../../src/ir/graph-builder.js";
import type { Program } from "../../src/ir/program.js";
import { f32 } from "../../src/trace/signature.js";

/** y = x w^depth of square matrices: as much work as one asks for. */
export function longProgram(size: number, depth: number): Program {
  const g = new GraphBuilder();
  const w = g.input("w", f32(size, size));
  let y = g.input("x", f32(size, size));
  for (let i = 0; i < depth; i++) y = g.matMul(y, w);
  return g.finish([{ name: "y", value: y }]);
}

/** Inputs for {@link longProgram} under which nothing overflows. */
export function longInputs(size: number): { x: Float32Array; w: Float32Array } {
  return { x: new Float32Array(size * size).fill(1), w: new Float32Array(size * size).fill(1 / size) };
}
