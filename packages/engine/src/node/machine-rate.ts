import type { Engine } from "../engines/engine.js";
import { GraphBuilder } from "../ir/graph-builder.js";

/** How {@link measureMatmulRate} measures. */
export interface MatmulRateOptions {
  /** Rows, columns and inner extent of the product. Default 1024. */
  readonly size?: number;
  /** Runs of which the median counts. Default 9. */
  readonly runs?: number;
  /** No further run is begun after this many milliseconds; the first always ends. Default 3000. */
  readonly limit?: number;
}

/**
 * GFLOP/s of a square float32 matrix product on an engine: 2 size^3 floating-point operations by the median time of a
 * run, which includes what every run pays to get arrays in and out. The first run warms up and counts only when time
 * allows no other.
 *
 * @throws NextscaleError what the engine throws
 */
export async function measureMatmulRate(engine: Engine, options: MatmulRateOptions = {}): Promise<number> {
  const { size = 1024, runs = 9, limit = 3000 } = options;
  const graph = new GraphBuilder();
  const type = { dtype: "float32", shape: [size, size] } as const;
  const product = graph.matMul(graph.input("a", type), graph.input("b", type));
  const executable = await engine.compile(graph.finish([{ name: "c", value: product }]));
  const inputs = { a: new Float32Array(size * size).fill(1), b: new Float32Array(size * size).fill(1) };
  const times: number[] = [];
  const start = performance.now();
  do {
    const before = performance.now();
    await executable.run(inputs);
    times.push(performance.now() - before);
  } while (times.length <= runs && performance.now() - start < limit);
  await executable.close();
  return (2 * size ** 3) / (median(times.length > 1 ? times.slice(1) : times) * 1e6);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
