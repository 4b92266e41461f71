import { NextscaleError } from "@nextscale/engine";
import type { Graph, MoleculeVocabulary } from "@nextscale/graphs";
import { openChemistryWorker, readGraphFile } from "@nextscale/graphs/node";
import { graphsWithin, isMoleculeFile, partsOf, readMoleculeFile } from "./molecule-file.js";
import type { Skipped } from "./skipped-lines.js";
import { watchedChemistry } from "./watched-chemistry.js";

/** A graph of a file, and what it is called: by the file, or by its place from 0. */
export interface ReadGraph {
  readonly graph: Graph;
  readonly name: string;
}

/** What a file holds for a model. */
export interface ReadGraphs {
  readonly graphs: readonly ReadGraph[];
  readonly skipped: readonly Skipped[];
  readonly skippedCount: number;
}

/** Which graphs a model has, and whether others are left out. */
export interface ReadGraphsOptions {
  /** Absent of a model of other graphs than molecules. */
  readonly atoms: MoleculeVocabulary | undefined;
  readonly skipInvalid: boolean;
  readonly signal: AbortSignal;
}

/**
 * Reads graphs, or molecules as graphs of a model's atoms.
 *
 * @throws NextscaleError `invalid-argument` for molecules where the model has none, `invalid-file`, `invalid-data` for a molecule that
 *   the model has not, unless such are left out
 */
export async function readGraphs(path: string, options: ReadGraphsOptions): Promise<ReadGraphs> {
  const read = isMoleculeFile(path) ? await readAsMolecules(path, options) : await readAsGraphs(path, options);
  if (read.graphs.length > 0) return read;
  const got = read.skippedCount === 0 ? "none" : `${read.skippedCount} lines that are left out`;
  throw new NextscaleError({ code: "invalid-data", where: "graphs", expected: `graphs in ${path}`, got });
}

async function readAsGraphs(path: string, { skipInvalid }: ReadGraphsOptions): Promise<ReadGraphs> {
  const { records, skipped, skippedCount } = await readGraphFile(path, { skipInvalid });
  return { graphs: records.map(({ graph }, i) => ({ graph, name: String(i) })), skipped, skippedCount };
}

async function readAsMolecules(path: string, { atoms, skipInvalid, signal }: ReadGraphsOptions): Promise<ReadGraphs> {
  if (atoms === undefined) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "graphs",
      expected: "graphs, for a model without atoms: .jsonl, .graphml, .gexf or .edges",
      got: path,
      fix: "name a model of molecules with --model",
    });
  }
  const file = await readMoleculeFile(path);
  const chemistry = await openChemistryWorker();
  try {
    const outcomes = graphsWithin(await partsOf(watchedChemistry(chemistry, signal), file), atoms);
    const graphs: ReadGraph[] = [];
    const skipped: Skipped[] = [];
    outcomes.forEach((outcome, i) => {
      const { name, line } = file.molecules[i]!;
      if (outcome.ok) graphs.push({ graph: outcome.value, name: name === "" ? String(i) : name });
      else if (skipInvalid) skipped.push({ line, reason: `${outcome.reason}: ${outcome.detail}` });
      else throw unscorable(path, line, `${outcome.reason}: ${outcome.detail}`);
    });
    return { graphs, skipped, skippedCount: skipped.length };
  } finally {
    await chemistry.close();
  }
}

function unscorable(path: string, line: number, got: string): NextscaleError {
  return new NextscaleError({
    code: "invalid-data",
    where: "graphs",
    expected: `a molecule that the model has in line ${line} of ${path}`,
    got,
    fix: "correct the line, or leave such out with --skip-invalid",
  });
}
