import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { edgesOf, isConnected, type Graph, type GraphSetName } from "../../src/index.js";
import { readGraphFile, readGraphSet } from "../../src/node/index.js";
import { testWithSet } from "./graph-set.fixture.js";
import { classesByTrying, fingerprint } from "./identity.fixture.js";

let home: string;
const real = process.env["NEXTSCALE_DATA"];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "nextscale-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

/** Range of a number over graphs. */
function rangeOf(graphs: readonly Graph[], of: (graph: Graph) => number): [number, number] {
  const values = graphs.map(of);
  return [Math.min(...values), Math.max(...values)];
}

/** What the order of nodes tells of the edges: 1/3 where nothing. */
function orderLeak(graphs: readonly Graph[]): number {
  const distances = graphs.flatMap((graph) => edgesOf(graph).map(([a, b]) => (b - a) / graph.nodeCount));
  return distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
}

const nodes = ({ nodeCount }: Graph) => nodeCount;
const edges = ({ edgeCount }: Graph) => edgeCount;

testWithSet("planar", "the three sets of Bergmeister are as they were published", async () => {
  const planar = await readGraphSet("planar");
  const graphs = [...planar.train, ...planar.validation, ...planar.test];
  expect([rangeOf(graphs, nodes), rangeOf(graphs, edges)]).toEqual([[64, 64], [173, 181]]); // prettier-ignore
  const tree = await readGraphSet("tree");
  expect(tree.test.every((graph) => isConnected(graph) && graph.edgeCount === 63)).toBe(true);
  const sbm = await readGraphSet("sbm");
  const all = [...sbm.train, ...sbm.validation, ...sbm.test];
  expect([rangeOf(all, nodes), rangeOf(all, edges)]).toEqual([[44, 187], [129, 1129]]); // prettier-ignore
  expect(all.filter((graph) => !isConnected(graph))).toHaveLength(4);
  for (const set of [planar, tree, sbm]) {
    expect([set.train.length, set.validation.length, set.test.length]).toEqual([128, 32, 40]);
  }
});

testWithSet(
  "sbm",
  "nodes are shuffled as they are read, the same way each time: their order tells nothing",
  async () => {
    const { train } = await readGraphSet("sbm");
    expect(orderLeak(train)).toBeCloseTo(1 / 3, 1);
    expect(fingerprint((await readGraphSet("sbm")).train)).toBe(fingerprint(train));
    expect(fingerprint(train)).toMatchInlineSnapshot(`"9hmrk016ylja"`);
    // Control: the file itself, where neighbours in the list are neighbours in a community.
    const { records } = await readGraphFile(join(real!, "graphs", "sbm", "sbm.jsonl.gz"));
    expect(orderLeak(records.map(({ graph }) => graph))).toBeLessThan(0.14);
    expect(classesByTrying([train[0]!, records[0]!.graph])).toEqual([0, 0]);
  },
);

testWithSet("community_small", "the duplicates that the warnings count are there", async () => {
  const counts: Partial<Record<GraphSetName, [different: number, known: number]>> = {};
  for (const name of ["community_small", "ego_small", "community20"] as const) {
    const { train, test: held, warnings } = await readGraphSet(name);
    const classes = classesByTrying([...train, ...held]);
    const count = new Set(classes).size;
    const trained = new Set(classes.slice(0, train.length));
    const known = classes.slice(train.length).filter((number) => trained.has(number)).length;
    counts[name] = [count, known];
    expect(warnings.join()).toContain(`only ${count} of the ${train.length + held.length} graphs differ`);
    if (known > 0) expect(warnings.join()).toContain(`${known} of the ${held.length} test graphs`);
  }
  expect(counts).toEqual({ community_small: [52, 10], ego_small: [82, 28], community20: [62, 0] });
});

testWithSet("enzymes", "enzymes have labels", async () => {
  const { train, warnings } = await readGraphSet("enzymes");
  expect(train).toHaveLength(586);
  expect(rangeOf(train, nodes)).toEqual([10, 124]);
  expect(new Set(train.flatMap(({ nodeLabels }) => Array.from(nodeLabels)))).toEqual(new Set([1, 2, 3]));
  expect(train.filter((graph) => !isConnected(graph))).toHaveLength(30);
  expect(warnings[0]).toContain("splitByClass");
});

test("a set that is not there says where it is looked for and what to do", async () => {
  const message = async () => readGraphSet("planar").catch((error: Error) => error.message.replaceAll(home, "HOME"));
  vi.stubEnv("NEXTSCALE_DATA", "");
  expect(await message()).toMatchInlineSnapshot(
    `"graphs/readGraphSet: expected planar.jsonl.gz or planar.jsonl in the folder graphs/planar of NEXTSCALE_DATA, got no NEXTSCALE_DATA; make it of github.com/AndreasBergmeister/graph-generation at 4625978, data/planar.pkl, a line {"split":"train","n":3,"edges":[0,1,1,2]} for each graph, or generate graphs with generateGraphs"`,
  );
  vi.stubEnv("NEXTSCALE_DATA", home);
  expect(await message()).toContain("neither in HOME/graphs/planar");
  await expect(readGraphSet("planar")).rejects.toMatchObject({ code: "missing-data" });
  await expect(readGraphSet("../secrets" as GraphSetName)).rejects.toMatchObject({ code: "invalid-argument" });
});

test("a set that is cut off, damaged, or not all there is refused", async () => {
  vi.stubEnv("NEXTSCALE_DATA", home);
  mkdirSync(join(home, "graphs", "tree"), { recursive: true });
  const path = join(home, "graphs", "tree", "tree.jsonl.gz");
  const line = '{"split":"train","n":2,"edges":[0,1]}\n';
  const whole = gzipSync(
    line.repeat(128) + line.replace("train", "val").repeat(32) + line.replace("train", "test").repeat(40),
  );
  writeFileSync(path, whole);
  expect((await readGraphSet("tree")).test).toHaveLength(40);
  writeFileSync(path, whole.subarray(0, whole.length - 9));
  await expect(readGraphSet("tree")).rejects.toMatchObject({ code: "invalid-file", got: "gzip that is cut off" });
  const damaged = Buffer.from(whole);
  damaged[damaged.length - 6]! ^= 255;
  writeFileSync(path, damaged);
  await expect(readGraphSet("tree")).rejects.toMatchObject({ code: "invalid-file", got: "damaged gzip" });
  writeFileSync(path, gzipSync(line.repeat(3)));
  await expect(readGraphSet("tree")).rejects.toThrow("128 graphs for train");
  writeFileSync(path, gzipSync(`${line}{"n":2,"edges":[0,2]}\n`));
  await expect(readGraphSet("tree")).rejects.toThrow("nodes from 0 to 1, got 2 in line 2");
});
