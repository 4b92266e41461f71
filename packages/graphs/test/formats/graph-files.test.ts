import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { GRAPH_LIMITS, graphOf, type Graph } from "../../src/index.js";
import { graphLineReader } from "../../src/formats/graph-lines.js";
import { readGraphFile, writeGraphFile } from "../../src/node/index.js";
import { unpackedChunks } from "../../src/node/unpacked.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nextscale-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const triangle = graphOf({ nodeCount: 3, edges: [[0, 1], [1, 2], [0, 2, 4]] }); // prettier-ignore
const path = graphOf({ nodeCount: 2, edges: [[0, 1]], nodeLabels: [1, 2] });

test.each([".graphml", ".gexf", ".edges", ".graphml.gz", ".gexf.gz", ".edges.gz"])(
  "a graph with names in a file %s",
  async (ending) => {
    const file = join(folder, "deep", `graph${ending}`);
    await writeGraphFile(file, [triangle], { names: ["a", "b", "c"] });
    expect(await readGraphFile(file)).toEqual({ records: [{ graph: triangle }], names: ["a", "b", "c"], skipped: [], skippedCount: 0 }); // prettier-ignore
    expect(readFileSync(file)[0] === 0x1f).toBe(ending.endsWith(".gz"));
    expect(readdirSync(join(folder, "deep"))).toEqual([`graph${ending}`]);
  },
);

test.each([".jsonl", ".jsonl.gz", ".JSONL"])("graphs in a file %s", async (ending) => {
  const file = join(folder, `graphs${ending}`);
  await writeGraphFile(file, [triangle, { graph: path, split: "test", target: 3 }]);
  expect((await readGraphFile(file)).records).toEqual([{ graph: triangle }, { graph: path, split: "test", target: 3 }]);
});

test("lines are cut where they end, not where the file is read in pieces", async () => {
  const graphs = Array.from({ length: 1500 }, (_, i) => graphOf({ nodeCount: 2 + (i % 50), edges: [[0, 1]] }));
  const file = join(folder, "many.jsonl");
  await writeGraphFile(file, graphs);
  expect((await readGraphFile(file)).records.map(({ graph }) => graph.nodeCount)).toEqual(
    graphs.map(({ nodeCount }) => nodeCount),
  );
  writeFileSync(file, readFileSync(file, "utf8").replaceAll("\n", "\r\n").trimEnd());
  expect((await readGraphFile(file)).records).toHaveLength(1500);
});

test("invalid lines are skipped when asked, also bytes that are no text", async () => {
  const file = join(folder, "some.jsonl");
  const good = '{"n":1,"edges":[]}\n';
  writeFileSync(file, Buffer.concat([Buffer.from(good), Buffer.of(0xff, 0xfe, 10), Buffer.from(`nonsense\n${good}`)]));
  await expect(readGraphFile(file)).rejects.toThrow("UTF-8, got other bytes in line 2");
  const { records, skipped } = await readGraphFile(file, { skipInvalid: true });
  expect([records.length, skipped.map(({ line }) => line)]).toEqual([2, [2, 3]]);
});

test("a name must say the format, and the format must hold the graphs", async () => {
  await expect(readGraphFile(join(folder, "graph.txt"))).rejects.toThrow(
    "a name that ends in one of .jsonl, .graphml, .gexf, .edges",
  );
  await expect(writeGraphFile(join(folder, "a.gexf"), [triangle, path])).rejects.toThrow(
    "one graph in a file .gexf, got 2",
  );
  await expect(writeGraphFile(join(folder, "a.edges"), [path])).rejects.toThrow("no place for them");
  await expect(writeGraphFile(join(folder, "a.jsonl"), [path], { names: ["a", "b"] })).rejects.toThrow(
    "no names of nodes",
  );
  await expect(readGraphFile(join(folder, "a.jsonl"), { skip: true } as never)).rejects.toThrow(
    "options among skipInvalid",
  );
  expect(readdirSync(folder)).toEqual([]);
});

test("a write that fails leaves the old file and nothing else", async () => {
  const file = join(folder, "graphs.jsonl");
  await writeGraphFile(file, [triangle]);
  function* failing(): Generator<Graph> {
    yield* Array.from({ length: 9_000 }, () => triangle);
    throw new Error("out of graphs");
  }
  await expect(writeGraphFile(file, failing())).rejects.toThrow("out of graphs");
  await expect(writeGraphFile(`${file}.gz`, failing())).rejects.toThrow("out of graphs");
  expect(readdirSync(folder)).toEqual(["graphs.jsonl"]);
  expect((await readGraphFile(file)).records).toEqual([{ graph: triangle }]);
  await expect(writeGraphFile(join(file, "below.jsonl"), [triangle])).rejects.toMatchObject({ code: "unwritable" });
});

test("files that are not there, are folders, or hold something else", async () => {
  await expect(readGraphFile(join(folder, "none.jsonl"))).rejects.toThrow(
    /a readable file .*none.jsonl, got no such file/,
  );
  const file = join(folder, "a.gexf.gz");
  writeFileSync(file, gzipSync("<gexf><graph><nodes/></graph></gexf>").subarray(0, 20));
  await expect(readGraphFile(file)).rejects.toThrow("gzip that is cut off");
  writeFileSync(file, Buffer.from("<gexf><graph><nodes><node id='é'/></nodes></graph></gexf>", "latin1"));
  await expect(readGraphFile(file)).rejects.toThrow("to be UTF-8");
});

test("a file that unpacks to more than is allowed is refused before it is in memory", async () => {
  const file = join(folder, "bomb.gz");
  writeFileSync(file, gzipSync(Buffer.alloc(4_000_000)));
  let bytes = 0;
  const read = async () => {
    for await (const chunk of unpackedChunks("here", file, 100_000)) bytes += chunk.length;
  };
  await expect(read()).rejects.toThrow("at most 100000 bytes, unpacked, got more");
  expect(bytes).toBeLessThanOrEqual(100_000);
});

test("a million nodes are read; one more is refused, as are too many in all", async () => {
  const file = join(folder, "large.jsonl");
  writeFileSync(file, `{"n":${GRAPH_LIMITS.nodes},"edges":[0,999999]}\n`);
  const [record] = (await readGraphFile(file)).records;
  expect(record!.graph.nodeCount).toBe(1_000_000);
  writeFileSync(file, `{"n":${GRAPH_LIMITS.nodes + 1},"edges":[]}\n`);
  await expect(readGraphFile(file)).rejects.toThrow("in line 1");
  const limits = { graphs: 3, nodes: 10, edges: 2 };
  const line = (n: number, edges: number[]) => JSON.stringify({ n, edges });
  for (const [what, lines] of Object.entries({
    graphs: [line(1, []), line(1, []), line(1, []), line(1, [])],
    nodes: [line(8, []), line(3, [])],
    edges: [line(2, [0, 1]), line(3, [0, 1, 1, 2])],
  })) {
    const reader = graphLineReader({ skipInvalid: true }, limits);
    expect(() => lines.forEach(reader.line)).toThrow(
      new RegExp(`at most .* ${what} in a file, got more in line ${lines.length}`),
    );
  }
});
