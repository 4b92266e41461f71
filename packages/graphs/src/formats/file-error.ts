import { isNextscaleError, NextscaleError } from "@nextscale/engine";

/** What files of graphs may be at most; beyond that reading ends with an error, not with the memory. */
export const FORMAT_LIMITS = {
  /** Characters of a text that holds one graph; bytes of a file of lines, unpacked, may be ten times as many. */
  text: 2 ** 27,
  /** Bytes of one line. */
  line: 2 ** 26,
  /** Graphs of a file. */
  graphs: 1_000_000,
  /** Nodes of all graphs of a file. */
  nodes: 20_000_000,
  /** Edges of all graphs of a file. */
  edges: 50_000_000,
  /** Elements inside one another in XML. */
  depth: 64,
} as const;

/** What is wrong with a file, and where. Lines count from 1. */
export interface FileProblem {
  readonly expected: string;
  readonly got: string;
  readonly line?: number;
  readonly fix?: string;
}

/** The error for a text that is not what its format promises. */
export function fileError(where: string, { expected, got, line, fix }: FileProblem): NextscaleError {
  return new NextscaleError({
    code: "invalid-file",
    where,
    expected,
    got: line === undefined ? got : `${shortened(got)} in line ${line}`,
    ...(fix === undefined ? {} : { fix }),
  });
}

/** The line must be seen however long it is what came. */
function shortened(got: string): string {
  return got.length > 200 ? `${got.slice(0, 200)}…` : got;
}

/** Does something that a line asks for; what is wrong with it is said with the number of the line. */
export function inLine<T>(where: string, line: number, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!isNextscaleError(error) || error.code === "invalid-file") throw error;
    throw fileError(where, { expected: error.expected, got: error.got, line });
  }
}
