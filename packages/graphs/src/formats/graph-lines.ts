import * as z from "zod";
import { edgesOf, GRAPH_LIMITS, graphOf, type Edge, type Graph } from "../graph/graph.js";
import { FORMAT_LIMITS, fileError, inLine } from "./file-error.js";

/** A graph with what a file says of it. */
export interface GraphRecord {
  readonly graph: Graph;
  /** Which part of a data set it belongs to. */
  readonly split?: "train" | "val" | "test";
  /** The label of the whole graph. */
  readonly target?: number;
}

/** A line that was left out. */
export interface SkippedLine {
  readonly line: number;
  readonly reason: string;
}

/** What a file of graphs holds. */
export interface GraphLines {
  readonly records: readonly GraphRecord[];
  /** Which lines were left out, the first hundred. */
  readonly skipped: readonly SkippedLine[];
  /** How many were left out. */
  readonly skippedCount: number;
}

/** Options of {@link readGraphLines}. */
export interface GraphLinesOptions {
  /** Leaves out lines that are no graphs and says which, instead of failing at the first. Default: false. */
  readonly skipInvalid?: boolean;
  /** What else a graph is to be: throws for one that is not, and its line is invalid then. */
  readonly check?: (graph: Graph) => void;
}

/** The first line of a file that we write. */
const HEADER = { format: "nextscale-graphs", version: 1 } as const;

const count = z.int().min(0).max(GRAPH_LIMITS.nodes);
const label = z
  .int()
  .min(0)
  .max(GRAPH_LIMITS.labels - 1);
const recordSchema = z.strictObject({
  /** Number of nodes. */
  n: count,
  /** Both nodes of each edge, one edge after the other: [2 edges]. */
  edges: z.array(count),
  /** Labels of the nodes, [n]. */
  x: z.array(label).optional(),
  /** Labels of the edges, in their order. */
  e: z.array(label).optional(),
  /** Label of the graph. */
  y: z.int().optional(),
  split: z.enum(["train", "val", "test"]).optional(),
});

const WHERE = "graphs/readGraphLines";

/** Takes the lines of a file one by one. */
export interface GraphLineReader {
  /** A line without its end, as a text or as bytes. */
  readonly line: (content: string | Uint8Array) => void;
  readonly finish: () => GraphLines;
}

/** A reader of lines that has read none yet; {@link readGraphLines} says what lines are. */
export function graphLineReader(
  { skipInvalid = false, check }: GraphLinesOptions = {},
  limits: Readonly<Record<"graphs" | "nodes" | "edges", number>> = FORMAT_LIMITS,
): GraphLineReader {
  const records: GraphRecord[] = [];
  const skipped: SkippedLine[] = [];
  const total = { lines: 0, nodes: 0, edges: 0, skipped: 0 };
  const refuseBeyond = (what: "graphs" | "nodes" | "edges", got: number): void => {
    if (got <= limits[what]) return;
    const expected = `at most ${limits[what]} ${what} in a file`;
    throw fileError(WHERE, { expected, got: "more", line: total.lines });
  };
  return {
    line(content) {
      total.lines += 1;
      if (isHeader(content, total.lines)) return;
      let record: GraphRecord | undefined;
      try {
        const found = readRecord(content, total.lines);
        if (found !== undefined && check !== undefined) inLine(WHERE, total.lines, () => check(found.graph));
        record = found;
      } catch (error) {
        if (!skipInvalid) throw error;
        total.skipped += 1;
        if (skipped.length < 100) skipped.push({ line: total.lines, reason: (error as Error).message });
      }
      if (record === undefined) return;
      records.push(record);
      total.nodes += record.graph.nodeCount;
      total.edges += record.graph.edgeCount;
      refuseBeyond("graphs", records.length);
      refuseBeyond("nodes", total.nodes);
      refuseBeyond("edges", total.edges);
    },
    finish: () => ({ records, skipped, skippedCount: total.skipped }),
  };
}

/**
 * Reads graphs from JSON lines, one a line: `{"n":3,"edges":[0,1,1,2]}` is a path of three nodes. `x` are labels of the nodes, `e` of
 * the edges, `y` of the graph, `split` is `train`, `val` or `test`. The first line may be a header with the version of the format, and so may others,
 * where files were put together; published sets have none. Empty lines are passed over.
 *
 * @throws NextscaleError `invalid-file`, with the line, for a line that is no graph unless such are to be skipped, for a version that
 *   is not known, and for more graphs, nodes or edges than {@link FORMAT_LIMITS}
 */
export function readGraphLines(text: string, options: GraphLinesOptions = {}): GraphLines {
  const reader = graphLineReader(options);
  for (let from = 0; from < text.length;) {
    const end = text.indexOf("\n", from);
    reader.line(text.slice(from, end === -1 ? text.length : end));
    from = end === -1 ? text.length : end + 1;
  }
  return reader.finish();
}

/** Lines after the first that are longer are no headers: they need not be looked at twice. */
const LONGEST_HEADER = 100;

/**
 * Whether a line is a header. What is wrong with it is never skipped: all lines after it depend on it.
 */
function isHeader(content: string | Uint8Array, line: number): boolean {
  if (line > 1 && content.length > LONGEST_HEADER) return false;
  const value = attempt(() => parsed(content, line));
  if (typeof value !== "object" || value === null || !("format" in value)) return false;
  const { format, version } = value as { format: unknown; version?: unknown };
  if (format === HEADER.format && version === HEADER.version) return true;
  throw fileError(WHERE, {
    expected: `the format ${HEADER.format}, version ${HEADER.version}`,
    got: `${JSON.stringify(format)}, version ${JSON.stringify(version)}`,
    line,
    fix: "read it with the program that wrote it, or a newer nextscale",
  });
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

/** The JSON of a line; undefined for an empty one. A byte order mark is white space to `trim`, and no JSON to JSON. */
function parsed(content: string | Uint8Array, line: number): unknown {
  if (content.length > FORMAT_LIMITS.line) {
    throw fileError(WHERE, {
      expected: `lines of at most ${FORMAT_LIMITS.line} bytes`,
      got: `${content.length}`,
      line,
    });
  }
  const text = attempt(() =>
    typeof content === "string" ? content : new TextDecoder("utf-8", { fatal: true }).decode(content),
  );
  if (text === undefined) throw fileError(WHERE, { expected: "UTF-8", got: "other bytes", line });
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text.trim()) as unknown;
  } catch {
    throw fileError(WHERE, { expected: "a graph as JSON", got: JSON.stringify(text.slice(0, 80)), line });
  }
}

function readRecord(content: string | Uint8Array, line: number): GraphRecord | undefined {
  const value = parsed(content, line);
  if (value === undefined) return undefined;
  const checked = recordSchema.safeParse(value);
  if (!checked.success) {
    const { path, message } = checked.error.issues[0]!;
    const field = path.length === 0 ? "a graph" : path.map(String).join(".");
    throw fileError(WHERE, { expected: `${field} as the format has it`, got: `${message.toLowerCase()}`, line });
  }
  const { n, edges: ends, x, e, y, split } = checked.data;
  if (ends.length % 2 !== 0) {
    throw fileError(WHERE, { expected: "two nodes for each edge", got: `${ends.length} numbers in edges`, line });
  }
  if (e !== undefined && e.length !== ends.length / 2) {
    throw fileError(WHERE, { expected: `${ends.length / 2} labels of edges`, got: `${e.length}`, line });
  }
  const edges = Array.from({ length: ends.length / 2 }, (_, i): Edge => [ends[2 * i]!, ends[2 * i + 1]!, e?.[i] ?? 0]);
  const parts = { nodeCount: n, edges, ...(x === undefined ? {} : { nodeLabels: x }) };
  return {
    graph: inLine(WHERE, line, () => graphOf(parts)),
    ...(split === undefined ? {} : { split }),
    ...(y === undefined ? {} : { target: y }),
  };
}

/** Graphs as JSON lines, in pieces: a header, then a line for each. */
export function* graphLinesText(records: Iterable<GraphRecord>): Generator<string> {
  yield `${JSON.stringify(HEADER)}\n`;
  for (const { graph, split, target } of records) {
    const edges = edgesOf(graph);
    const line = {
      ...(split === undefined ? {} : { split }),
      n: graph.nodeCount,
      edges: edges.flatMap(([a, b]) => [a, b]),
      ...(graph.nodeLabels.some((l) => l !== 0) ? { x: Array.from(graph.nodeLabels) } : {}),
      ...(graph.edgeLabels.some((l) => l !== 0) ? { e: edges.map(([, , l]) => l) } : {}),
      ...(target === undefined ? {} : { y: target }),
    };
    yield `${JSON.stringify(line)}\n`;
  }
}
