import { NextscaleError } from "@nextscale/engine";
import { DRAWING_LIMITS, GRID_LIMITS, type GraphModelConfig } from "@nextscale/graphs";
import { isDevice } from "../outputs.js";

/** Formats of samples by the ends of names, in the order of help. */
const ENDINGS = [".smi", ".sdf", ".jsonl", ".graphml", ".gexf", ".edges", ".svg"] as const;

/** What samples are written as. */
export type SampleFormat = (typeof ENDINGS)[number];

/** Of what a command writes, only pictures are for eyes alone. */
const UNPACKED: readonly SampleFormat[] = [".svg"];

const MOLECULES: readonly SampleFormat[] = [".smi", ".sdf"];

/** Formats of one graph a file. */
const SINGLE: readonly SampleFormat[] = [".graphml", ".gexf", ".edges"];

/**
 * The format that a name says; undefined for a device, which has no such name.
 *
 * @throws NextscaleError `invalid-argument` for a name of none
 */
export async function formatOf(out: string): Promise<SampleFormat | undefined> {
  const name = out.toLowerCase();
  const found = ENDINGS.find(
    (ending) => name.endsWith(ending) || (!UNPACKED.includes(ending) && name.endsWith(`${ending}.gz`)),
  );
  if (found !== undefined) return found;
  if (await isDevice(out)) return undefined;
  throw invalid(
    `--out with a name that ends in ${ENDINGS.join(", ")}, or one of them but .svg and .gz`,
    out === "" ? "an empty name" : out,
    /\.json(\.gz)?$/.test(name) ? "graphs are written one a line: end the name in .jsonl" : "choose one of them",
  );
}

/**
 * Looks whether a format can hold what is about to be sampled, before it is. A device gets lines: of SMILES, or of graphs.
 *
 * @throws NextscaleError `invalid-argument`
 */
export function requireFits(
  format: SampleFormat | undefined,
  count: number,
  { atoms }: Pick<GraphModelConfig, "atoms">,
): SampleFormat {
  if (format === undefined) return atoms === undefined ? ".jsonl" : ".smi";
  if (MOLECULES.includes(format) && atoms === undefined) {
    throw invalid("a model of molecules for .smi and .sdf", "one of other graphs", "write .jsonl or .svg");
  }
  if (SINGLE.includes(format) && count !== 1) {
    throw invalid(`one graph in a file ${format}`, `${count}`, "add --count 1, or write several graphs as .jsonl");
  }
  const most = atoms === undefined ? DRAWING_LIMITS.graphs : GRID_LIMITS.pictures;
  if (format === ".svg" && count > most) {
    throw invalid(`at most ${most} of them in a picture`, `${count}`, "draw fewer, or write a file of another format");
  }
  return format;
}

function invalid(expected: string, got: string, fix: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: "graphs sample", expected, got, fix });
}
