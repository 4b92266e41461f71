import { NextscaleError } from "@nextscale/engine";
import { requireGraphFor, type Graph, type GraphModelConfig } from "@nextscale/graphs";
import { GRAPH_FILE_ENDINGS, graphFileEnding, openChemistryWorker, readGraphFile } from "@nextscale/graphs/node";
import { graphsWithin, isMoleculeFile, partsOf, readMoleculeFile } from "./molecule-file.js";
import type { Skipped } from "./skipped-lines.js";
import { watchedChemistry } from "./watched-chemistry.js";

/** A graph of a file, and what it is called: by the file, or by its place from 0. */
export interface ReadGraph {
  readonly graph: Graph;
  readonly name: string;
}

/** What a file holds that a model can have. */
export interface ReadGraphs {
  readonly graphs: readonly ReadGraph[];
  readonly skipped: readonly Skipped[];
  readonly skippedCount: number;
}

/** Which graphs a model can have, and whether others are left out. */
export interface ReadGraphsOptions {
  readonly config: Pick<GraphModelConfig, "atoms" | "nodeLabels" | "edgeLabels">;
  readonly skipInvalid: boolean;
  readonly signal: AbortSignal;
}

/**
 * Reads graphs, or molecules as graphs of a model's atoms.
 *
 * @throws NextscaleError `invalid-argument` for molecules where the model has none and for a name of neither, `invalid-file`, `invalid-data` for
 *   what the model has not, unless such are left out
 */
export async function readGraphs(path: string, options: ReadGraphsOptions): Promise<ReadGraphs> {
  if (options.config.atoms !== undefined && !isMoleculeFile(path) && graphFileEnding(path) === undefined) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "graphs",
      expected: `a name that ends in one of .smi, .sdf, ${GRAPH_FILE_ENDINGS.join(", ")}, or one of them and .gz`,
      got: path,
    });
  }
  const read = isMoleculeFile(path) ? await readAsMolecules(path, options) : await readAsGraphs(path, options);
  if (read.graphs.length > 0) return read;
  const { skippedCount: left } = read;
  const got = left === 0 ? "none" : left === 1 ? "one that is left out" : `${left} that are left out`;
  throw new NextscaleError({ code: "invalid-data", where: "graphs", expected: `graphs in ${path}`, got });
}

async function readAsGraphs(path: string, { config, skipInvalid }: ReadGraphsOptions): Promise<ReadGraphs> {
  const check = (graph: Graph) => requireGraphFor(graph, config);
  const { records, skipped, skippedCount } = await readGraphFile(path, { skipInvalid, check });
  return { graphs: records.map(({ graph }, i) => ({ graph, name: String(i) })), skipped, skippedCount };
}

async function readAsMolecules(path: string, { config, skipInvalid, signal }: ReadGraphsOptions): Promise<ReadGraphs> {
  const { atoms } = config;
  if (atoms === undefined) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "graphs",
      expected: "graphs, for a model or a preset without atoms: .jsonl, .graphml, .gexf or .edges",
      got: path,
      fix: "name a model or a preset of molecules",
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
    expected: `a molecule of the model's atoms in line ${line} of ${path}`,
    got,
    fix: "correct the line, or leave such out with --skip-invalid",
  });
}
