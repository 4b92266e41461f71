import type { Engine } from "../engines/engine.js";
import { NextscaleError } from "../errors.js";
import { GraphBuilder } from "../ir/graph-builder.js";

/** How {@link measureMatmulRate} measures. */
export interface MatmulRateOptions {
  /** Rows, columns and inner extent of the product, up to 8192 (three matrices of 256 MiB). Default 1024. */
  readonly size?: number;
  /** Runs of which the median counts, up to a million. Default 9. */
  readonly runs?: number;
  /** No further run is begun after this many milliseconds, up to an hour; the first always ends. Default 3000. */
  readonly limit?: number;
}

/** What each option may be at most. */
const MOST: Readonly<Required<MatmulRateOptions>> = { size: 8192, runs: 1_000_000, limit: 3_600_000 };

/**
 * GFLOP/s of a square float32 matrix product on an engine: 2 size^3 floating-point operations by the median time of a
 * run, which includes what every run pays to get arrays in and out. The first run warms up and counts only when time
 * allows no other.
 *
 * @throws NextscaleError `invalid-argument` for an option that is no whole number from 1 to its largest value; what the
 *   engine throws
 */
export async function measureMatmulRate(engine: Engine, options: MatmulRateOptions = {}): Promise<number> {
  const { size = 1024, runs = 9, limit = 3000 } = options;
  for (const [name, value] of Object.entries({ size, runs, limit })) checkOption(name as keyof typeof MOST, value);
  const graph = new GraphBuilder();
  const type = { dtype: "float32", shape: [size, size] } as const;
  const product = graph.matMul(graph.input("a", type), graph.input("b", type));
  const executable = await engine.compile(graph.finish([{ name: "c", value: product }]));
  const inputs = { a: new Float32Array(size * size).fill(1), b: new Float32Array(size * size).fill(1) };
  const times: number[] = [];
  const start = performance.now();
  try {
    do {
      const before = performance.now();
      await executable.run(inputs);
      times.push(performance.now() - before);
    } while (times.length <= runs && performance.now() - start < limit);
  } finally {
    await executable.close();
  }
  return (2 * size ** 3) / (median(times.length > 1 ? times.slice(1) : times) * 1e6);
}

function checkOption(name: keyof typeof MOST, value: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= MOST[name]) return;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "engine/measureMatmulRate",
    expected: `${name}: a whole number from 1 to ${MOST[name]}`,
    got: String(value),
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
