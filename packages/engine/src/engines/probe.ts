import { GraphBuilder } from "../ir/graph-builder.js";
import type { Engine } from "./engine.js";

/**
 * Runs a program of one addition: an engine can be listed and still lack its library, its driver or its device. One that
 * fails is closed.
 *
 * @throws what the engine throws
 */
export async function probe(engine: Engine): Promise<void> {
  const graph = new GraphBuilder();
  const x = graph.input("x", { dtype: "float32", shape: [1] });
  try {
    const executable = await engine.compile(graph.finish([{ name: "y", value: graph.add(x, x) }]));
    await executable.run({ x: Float32Array.of(1) }).finally(() => executable.close());
  } catch (error) {
    // What closing a broken engine throws says less than what broke it.
    await engine.close().catch(() => undefined);
    throw error;
  }
}
