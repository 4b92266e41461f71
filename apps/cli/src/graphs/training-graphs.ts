import { basename } from "node:path";
import { NextscaleError } from "@nextscale/engine";
import { GRAPH_PRESETS, type Chemistry, type Graph, type GraphPreset, type GraphPresetName, type MoleculeParts, type MoleculeVocabulary, type Outcome } from "@nextscale/graphs"; // prettier-ignore
import { openChemistryWorker, readGraphFile, readMoleculeSet } from "@nextscale/graphs/node";
import { graphsWithin, isMoleculeFile, partsOf, readMoleculeFile } from "./molecule-file.js";
import { setOrGenerated } from "./set-or-generated.js";
import { reasonsText, validityCount, type Validity } from "./validity.js";
import { watchedChemistry } from "./watched-chemistry.js";

/** What a model is trained on. */
export interface TrainingGraphs {
  readonly name: string;
  readonly graphs: readonly Graph[];
  /** What whoever trains on them has to know. */
  readonly notes: readonly string[];
}

/**
 * The graphs of a file, or the training part of the set that a preset is for.
 *
 * @throws NextscaleError for a file or set that is not there or is not what it should be
 */
export async function trainingGraphs(
  preset: GraphPresetName,
  path: string | undefined,
  signal: AbortSignal,
): Promise<TrainingGraphs> {
  const { atoms }: GraphPreset["model"] = GRAPH_PRESETS[preset].model;
  if (path !== undefined) return ofFile(path, atoms, signal);
  if (preset === "qm9" || preset === "zinc250k") {
    const { train, warnings } = await readMoleculeSet(preset);
    const { graphs, notes } = await within(GRAPH_PRESETS[preset].model.atoms, signal, ({ parse }) => parse(train));
    return { name: preset, graphs, notes: [...notes, ...warnings.map(noteOf)] };
  }
  const { name, train, warnings } = await setOrGenerated(preset);
  return { name, graphs: train, notes: warnings.map(noteOf) };
}

async function ofFile(
  path: string,
  atoms: MoleculeVocabulary | undefined,
  signal: AbortSignal,
): Promise<TrainingGraphs> {
  const name = basename(path);
  if (!isMoleculeFile(path)) return { name, graphs: someOf(path, await graphsOf(path)), notes: [] };
  if (atoms === undefined) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "--data",
      expected: "graphs, for a preset without atoms: .jsonl, .graphml, .gexf or .edges",
      got: path,
      fix: "choose the preset qm9 or zinc250k for molecules",
    });
  }
  const file = await readMoleculeFile(path);
  const { graphs, notes } = await within(atoms, signal, (chemistry) => partsOf(chemistry, file));
  return { name, graphs: someOf(path, graphs), notes };
}

async function graphsOf(path: string): Promise<Graph[]> {
  return (await readGraphFile(path)).records.map(({ graph }) => graph);
}

function someOf(path: string, graphs: readonly Graph[]): readonly Graph[] {
  if (graphs.length > 0) return graphs;
  throw new NextscaleError({ code: "invalid-data", where: "--data", expected: `graphs to learn from in ${path}`, got: "none" }); // prettier-ignore
}

/** Molecules as graphs, with a progress line, and how many are left out. */
async function within(
  atoms: MoleculeVocabulary,
  signal: AbortSignal,
  parse: (chemistry: Chemistry) => Promise<Outcome<MoleculeParts>[]>,
): Promise<Pick<TrainingGraphs, "graphs" | "notes">> {
  const chemistry = await openChemistryWorker();
  try {
    const outcomes = graphsWithin(await parse(watchedChemistry(chemistry, signal)), atoms);
    const graphs = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
    const count = validityCount();
    count.add(outcomes);
    return { graphs, notes: leftOutLines(count.result().invalid, outcomes.length) };
  } finally {
    await chemistry.close();
  }
}

function leftOutLines(left: Validity["invalid"], total: number): string[] {
  const count = Object.values(left).reduce((sum, some) => sum + some, 0);
  return count === 0 ? [] : [`${count} of ${total} molecules are left out: ${reasonsText(left)}.`];
}

function noteOf(warning: string): string {
  return `Note: ${warning}.`;
}
