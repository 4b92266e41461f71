import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { GRAPH_JOBS, GRAPH_NETWORK, type GraphCost, type GraphJob } from "./graph-costs.js";

/** What graphs of some sizes cost. */
export interface GraphScaling {
  /** Ascending. */
  readonly sizes: readonly GraphSizeCosts[];
  /** Why larger sizes are missing. */
  readonly stopped?: { readonly nodes: number; readonly reason: string };
}

/** What graphs of one size cost. */
export interface GraphSizeCosts extends Readonly<Record<GraphJob, GraphCost>> {
  readonly nodes: number;
  /** Bytes of the features of all pairs of nodes, which the same network reads where it has no summaries: that tensor alone. */
  readonly densePairs: number;
}

/** Numbers of nodes that are measured. */
export const GRAPH_SIZES = [10, 100, 1000, 5000] as const;

/** The seven states that a pair without edge labels can be in, and the walks between its nodes, in float32. */
const BYTES_OF_PAIR = 4 * (7 + GRAPH_NETWORK.walkLength);

/**
 * Measures what graphs of each size cost, smallest first, until one cannot be measured for want of memory perhaps.
 *
 * @param most runs of each job after the first
 */
export async function measureGraphScaling(
  nodes: readonly number[],
  most: number,
  signal: AbortSignal,
): Promise<GraphScaling> {
  const sizes: GraphSizeCosts[] = [];
  for (const size of nodes) {
    const costs: Partial<Record<GraphJob, GraphCost>> = {};
    for (const job of GRAPH_JOBS) {
      const cost = await inOwnProcess(job, size, most, signal);
      if ("failed" in cost) return { sizes, stopped: { nodes: size, reason: `${job}: ${cost.failed}` } };
      costs[job] = cost;
    }
    sizes.push({
      nodes: size,
      ...(costs as Record<GraphJob, GraphCost>),
      densePairs: BYTES_OF_PAIR * size ** 2,
    });
  }
  return { sizes };
}

/** The exponent k of cost = c nodes^k from each size to the next: the slope on logarithmic axes. */
export function exponentsOf(
  sizes: readonly GraphSizeCosts[],
  costOf: (size: GraphSizeCosts) => number,
): readonly number[] {
  return sizes.slice(1).map((size, i) => {
    const before = sizes[i]!;
    return Math.log(costOf(size) / costOf(before)) / Math.log(size.nodes / before.nodes);
  });
}

/** What a job took beyond what its process had before, in bytes. */
export function memoryOf({ memory }: GraphCost): number {
  return memory.peak - memory.before;
}

/** From sources too, as tests and tools run it. */
function argumentsOf(job: GraphJob, nodes: number, most: number): string[] {
  const isSource = import.meta.url.endsWith(".ts");
  const entry = fileURLToPath(new URL(`./graph-costs-process${isSource ? ".ts" : ".js"}`, import.meta.url));
  const loader = isSource ? ["--import", import.meta.resolve("tsx"), "--conditions=@nextscale/source"] : [];
  return [...loader, entry, job, String(nodes), String(most)];
}

function inOwnProcess(
  job: GraphJob,
  nodes: number,
  most: number,
  signal: AbortSignal,
): Promise<GraphCost | { readonly failed: string }> {
  const child = spawn(process.execPath, argumentsOf(job, nodes, most), { stdio: ["ignore", "pipe", "pipe"], signal });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, ended) => {
      if (status === 0) return resolve(JSON.parse(stdout) as GraphCost);
      const said = /Error: (.*)/.exec(stderr)?.[1];
      resolve({ failed: said ?? `ended by ${ended ?? `code ${status}`}` });
    });
  });
}
