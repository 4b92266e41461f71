import { NextscaleError } from "@nextscale/engine";
import { expect, test, vi } from "vitest";
import { graphCostsPlot } from "../src/bench/graph-costs-plot.js";
import { graphCost, type GraphCost } from "../src/bench/graph-costs.js";
import { graphLines } from "../src/bench/graph-lines.js";
import { exponentsOf, measureGraphScaling, memoryOf, type GraphSizeCosts } from "../src/bench/graph-scaling.js";
import { bench } from "../src/commands/bench.js";

/* `nextscale bench --only graphs`, at a few nodes: what it says of thousands takes a minute. */

vi.setConfig({ testTimeout: 240_000 });

const { signal } = new AbortController();

test("a job is timed, and its memory is that of a process which has done nothing else", async () => {
  // What this process holds is not its child's.
  const own = Buffer.alloc(2 ** 29, 1);
  const { sizes, stopped } = await measureGraphScaling([5], 1, signal);
  expect(stopped).toBeUndefined();
  expect(sizes.map(({ nodes, densePairs }) => [nodes, densePairs])).toEqual([[5, 44 * 25]]);
  const { coarsening, training, sampling } = sizes[0]!;
  for (const { ms, firstMs, memory } of [coarsening, training, sampling]) {
    expect(Math.min(ms, firstMs)).toBeGreaterThan(0);
    expect(memory.peak).toBeGreaterThanOrEqual(memory.before);
    expect(memory.before).toBeGreaterThan(2 ** 24);
    expect(memory.before).toBeLessThan(own.length);
  }
  expect(coarsening.networkEvaluations).toBe(0);
  // Five nodes are at least three halvings from one.
  expect(sampling.networkEvaluations).toBeGreaterThanOrEqual(3);
  expect(memoryOf(training)).toBeGreaterThan(0);
});

test("control: a size that cannot be measured ends the part with a reason, and keeps what was measured", async () => {
  const { sizes, stopped } = await measureGraphScaling([0, 5], 1, signal);
  expect(sizes).toEqual([]);
  expect(stopped).toMatchObject({
    nodes: 0,
    reason: expect.stringMatching(/^coarsening: graphs.generateGraph: expected nodes/) as string,
  });
  expect(graphLines({ sizes, stopped: stopped! })).toEqual([expect.stringMatching(/^Not measured from 0 nodes on: /)]);
});

test("what is sampled is the same every time", async () => {
  const what = ({ edges, networkEvaluations }: GraphCost) => ({ edges, networkEvaluations });
  expect(what(await graphCost("sampling", 4, 1))).toEqual(what(await graphCost("sampling", 4, 2)));
});

/** Costs that grow as known powers of the nodes. */
const sizes = [10, 100, 1000].map((nodes): GraphSizeCosts => {
  const cost = (ms: number, bytes: number, edges = 3 * nodes): GraphCost => ({
    ...{ ms, firstMs: 2 * ms, quartiles: [ms, ms], edges, networkEvaluations: 7 },
    memory: { before: 150e6, peak: 150e6 + bytes },
  });
  return {
    nodes,
    coarsening: cost(0.1 * nodes, 0),
    training: cost(nodes, 1e6 * nodes),
    sampling: cost(2 * nodes ** 1.5, 4e4 * nodes ** 2, 5 * nodes),
    densePairs: 44 * nodes ** 2,
  };
});

test("the exponent of a power law is its power", () => {
  for (const k of exponentsOf(sizes, ({ sampling }) => sampling.ms)) expect(k).toBeCloseTo(1.5);
  expect(exponentsOf(sizes.slice(0, 1), ({ nodes }) => nodes)).toEqual([]);
});

test("the report has the times, the memory and how both grow", () => {
  const text = graphLines({ sizes }).join("\n");
  expect(text).toMatch(/100 nodes +300 +10\.0 ms +100 ms +2000 ms +4000 ms +7 +500\n/);
  expect(text).toMatch(/1000 nodes +0\.000 MB +1000 MB +40000 MB +44\.0 MB\n/);
  expect(text).toMatch(/power of +10 to 100 +100 to 1000\n/);
  expect(text).toMatch(/training step +1\.00 +1\.00\nsampling +1\.50 +1\.50\nmemory of a/);
  expect(text).toMatch(/memory of sampling +2\.00 +2\.00\nall pairs +2\.00 +2\.00\n/);
  expect(text).toContain("to 8 summaries");
  const stopped = { nodes: 5000, reason: "training: ended by SIGKILL" };
  expect(graphLines({ sizes, stopped }).join("\n")).toContain("Not measured from 5000 nodes on: training: ended by SIGKILL."); // prettier-ignore
  expect(graphLines({ sizes: sizes.slice(0, 1) }).join("\n")).not.toContain("power");
  expect(graphLines({ skipped: "not among --only" })).toEqual(["Graphs skipped: not among --only."]);
});

test("the picture has a line for each measure and the tensor of all pairs for comparison", () => {
  const svg = graphCostsPlot({ sizes }, "2 cores");
  for (const name of ["coarsening", "a training step", "sampling a graph", "memory, a training step", "2 cores"]) {
    expect(svg).toContain(`>${name}<`);
  }
  expect(svg.match(/<circle/g)).toHaveLength(7 * sizes.length);
  expect(svg).not.toMatch(/NaN|undefined/);
});

test("control: a picture of graphs that are not measured is refused at once", async () => {
  const refused = bench({ repeats: 1, only: ["mlp"], plot: "x.svg" }, { args: [], signal });
  await expect(refused).rejects.toThrow(NextscaleError);
  await expect(refused).rejects.toThrow(/--only mlp/);
});
