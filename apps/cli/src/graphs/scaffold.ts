import { NextscaleError } from "@nextscale/engine";
import { moleculeGraph, type Graph, type GraphModel } from "@nextscale/graphs";
import { openChemistryWorker, readGraphFile } from "@nextscale/graphs/node";

/** The subgraph that samples are to have: a SMILES for a model of molecules, or a file with one graph. */
export async function scaffoldOf(text: string, { config: { atoms } }: GraphModel): Promise<Graph> {
  if (atoms === undefined) {
    const { records } = await readGraphFile(text);
    if (records.length === 1) return records[0]!.graph;
    throw invalid(`a file with one graph for --scaffold`, `${records.length} graphs in ${text}`);
  }
  const chemistry = await openChemistryWorker();
  try {
    const [outcome] = await chemistry.parse([text]);
    if (outcome?.ok !== true) throw invalid("a molecule as SMILES for --scaffold", `${text} (${outcome?.detail})`);
    return moleculeGraph(outcome.value, atoms);
  } finally {
    await chemistry.close();
  }
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: "--scaffold", expected, got });
}
