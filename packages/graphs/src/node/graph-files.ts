import { NextscaleError } from "@nextscale/engine";
import { requireOptions, type Requirement } from "@nextscale/refinement-core";
import { edgeListText, readEdgeList } from "../formats/edge-list.js";
import { FORMAT_LIMITS } from "../formats/file-error.js";
import { gexfText, readGexf } from "../formats/gexf.js";
import {
  graphLineReader,
  graphLinesText,
  type GraphLines,
  type GraphLinesOptions,
  type GraphRecord,
} from "../formats/graph-lines.js";
import { graphmlText, readGraphml } from "../formats/graphml.js";
import type { FromGraphologyOptions, NamedGraph } from "../graph/graphology.js";
import type { Graph } from "../graph/graph.js";
import { linesOf, textOf } from "./unpacked.js";
import { writePieces } from "./write-pieces.js";

/** Formats of one graph a file, by the end of its name. */
const ONE_GRAPH = {
  ".graphml": { read: readGraphml, write: graphmlText },
  ".gexf": { read: readGexf, write: gexfText },
  ".edges": { read: readEdgeList, write: edgeListText },
} as const;

const LINES = ".jsonl";
/** What the names of files of graphs end in, each also with `.gz`. */
export const GRAPH_FILE_ENDINGS: readonly string[] = [LINES, ...Object.keys(ONE_GRAPH)];

/** Options of {@link readGraphFile}. */
export interface ReadGraphFileOptions extends GraphLinesOptions, FromGraphologyOptions {}

/** What a file of graphs holds, and what the nodes are called where the format names them. */
export interface GraphFile extends GraphLines {
  /** Of the one graph of a file that is no list of graphs. */
  readonly names?: readonly string[];
}

type Format = keyof typeof ONE_GRAPH | typeof LINES;

/** Which of {@link GRAPH_FILE_ENDINGS} a name has, with `.gz` behind it or without, in capitals or not. */
export function graphFileEnding(path: string): string | undefined {
  const name = path.toLowerCase().replace(/\.gz$/, "");
  return GRAPH_FILE_ENDINGS.find((ending) => name.endsWith(ending));
}

/** Where the message about a name comes from. */
function formatOf(where: string, path: string): Format {
  const ending = graphFileEnding(path);
  if (ending !== undefined) return ending as Format;
  throw new NextscaleError({
    code: "invalid-argument",
    where,
    expected: `a name that ends in one of ${GRAPH_FILE_ENDINGS.join(", ")}, or one of them and .gz`,
    got: path,
  });
}

const YES_NO: Requirement = { expected: "true or false", fits: (value) => typeof value === "boolean" };
const FUNCTION: Requirement = { expected: "a function", fits: (value) => typeof value === "function" };
const ATTRIBUTE: Requirement = {
  expected: "a text or null",
  fits: (value) => value === null || typeof value === "string",
};

/**
 * Reads graphs from a file: `.jsonl` (a graph a line, `readGraphLines`), `.graphml`, `.gexf` or `.edges`, each packed with gzip or not.
 *
 * @throws NextscaleError `invalid-argument` for a name of none of these, `invalid-file` for a file that is not what its name promises
 */
export async function readGraphFile(path: string, options: ReadGraphFileOptions = {}): Promise<GraphFile> {
  const where = "graphs/readGraphFile";
  requireOptions(where, options, { skipInvalid: YES_NO, check: FUNCTION, labelAttribute: ATTRIBUTE });
  const format = formatOf(where, path);
  if (format !== LINES) {
    const { graph, names }: NamedGraph = ONE_GRAPH[format].read(await textOf(where, path, FORMAT_LIMITS.text), options);
    options.check?.(graph);
    return { records: [{ graph }], names, skipped: [], skippedCount: 0 };
  }
  const reader = graphLineReader(options);
  for await (const line of linesOf(where, path)) reader.line(line);
  return reader.finish();
}

/** Options of {@link writeGraphFile}. */
export interface WriteGraphFileOptions {
  /** What the nodes of the one graph are called. Default: their numbers. */
  readonly names?: readonly string[];
}

/**
 * Writes graphs to a file whose name says the format, as for {@link readGraphFile}; packed where it ends in `.gz`. The name holds all
 * of the old content or all of the new at every instant.
 *
 * @throws NextscaleError `invalid-argument` for a name of no format, or graphs that the format cannot hold, `unwritable`
 */
export async function writeGraphFile(
  path: string,
  graphs: Iterable<Graph | GraphRecord>,
  options: WriteGraphFileOptions = {},
): Promise<void> {
  const where = "graphs/writeGraphFile";
  const format = formatOf(where, path);
  const refuse = (expected: string, got: string, fix: string): never => {
    throw new NextscaleError({ code: "invalid-argument", where, expected, got, fix });
  };
  if (format === LINES) {
    if (options.names !== undefined)
      refuse("no names of nodes: JSON lines have none", "some", "write .graphml or .gexf");
    return writePieces(where, path, graphLinesText(recordsOf(graphs)));
  }
  const all = [...recordsOf(graphs)];
  if (all.length !== 1) refuse(`one graph in a file ${format}`, `${all.length}`, "write several graphs as .jsonl");
  await writePieces(where, path, ONE_GRAPH[format].write(all[0]!.graph, options.names));
}

function* recordsOf(graphs: Iterable<Graph | GraphRecord>): Generator<GraphRecord> {
  for (const graph of graphs) yield "graph" in graph ? graph : { graph };
}
