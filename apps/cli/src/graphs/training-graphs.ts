import { basename } from "node:path";
import { GRAPH_PRESETS, valuesOf, type Graph, type GraphPreset, type GraphPresetName, type MoleculeSetName } from "@nextscale/graphs"; // prettier-ignore
import { openChemistryWorker, readMoleculeSet } from "@nextscale/graphs/node";
import { graphsWithin } from "./molecule-file.js";
import { readGraphs } from "./read-graphs.js";
import { setOrGenerated } from "./set-or-generated.js";
import { skippedLines } from "./skipped-lines.js";
import { reasonsText, validityCount } from "./validity.js";
import { watchedChemistry } from "./watched-chemistry.js";

/** What a model is trained on. */
export interface TrainingGraphs {
  readonly name: string;
  readonly graphs: readonly Graph[];
  /** What whoever trains on them has to know. */
  readonly notes: readonly string[];
}

/** Where the graphs are. */
export interface TrainingGraphsOptions {
  /** A file; default: the training part of the set that the preset is for. */
  readonly path?: string | undefined;
  /** Whether lines of the file that are no graphs of the preset's labels are left out. */
  readonly skipInvalid?: boolean | undefined;
  readonly signal: AbortSignal;
}

/**
 * The graphs of a file, or the training part of the set that a preset is for.
 *
 * @throws NextscaleError for a file or set that is not there or is not what it should be
 */
export async function trainingGraphs(
  preset: GraphPresetName,
  { path, skipInvalid = false, signal }: TrainingGraphsOptions,
): Promise<TrainingGraphs> {
  const { model }: GraphPreset = GRAPH_PRESETS[preset];
  if (path !== undefined) {
    const { graphs, skipped, skippedCount } = await readGraphs(path, { config: model, skipInvalid, signal });
    const notes = skippedLines(path, skipped, skippedCount);
    return { name: basename(path), graphs: graphs.map(({ graph }) => graph), notes };
  }
  if (preset === "qm9" || preset === "zinc250k") return moleculesOf(preset, signal);
  const { name, train, warnings } = await setOrGenerated(preset);
  return { name, graphs: train, notes: warnings.map(noteOf) };
}

/** A published set of molecules, with a progress line. Those in several parts, or that RDKit refuses, are known to be in it and left out. */
async function moleculesOf(preset: MoleculeSetName, signal: AbortSignal): Promise<TrainingGraphs> {
  const { train, warnings } = await readMoleculeSet(preset);
  const chemistry = await openChemistryWorker();
  try {
    const outcomes = graphsWithin(await watchedChemistry(chemistry, signal).parse(train), GRAPH_PRESETS[preset].model.atoms); // prettier-ignore
    const count = validityCount();
    count.add(outcomes);
    const { valid, of, invalid } = count.result();
    const left = valid === of ? [] : [`${of - valid} of ${of} molecules are left out: ${reasonsText(invalid)}.`];
    return { name: preset, graphs: valuesOf(outcomes), notes: [...left, ...warnings.map(noteOf)] };
  } finally {
    await chemistry.close();
  }
}

function noteOf(warning: string): string {
  return `Note: ${warning}.`;
}
