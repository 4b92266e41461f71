import { NextscaleError } from "@nextscale/engine";
import {
  GRAPH_SET_NAMES,
  MOLECULE_SET_NAMES,
  type Graph,
  type GraphModel,
  type GraphSetName,
  type MoleculeReport,
  type MoleculeSetName,
  type Outcome,
} from "@nextscale/graphs";
import { loadGraphModel, openChemistryWorker, readGraphFile, readMoleculeSet } from "@nextscale/graphs/node";
import { requireDistinct } from "../distinct-paths.js";
import { engineOption } from "../engine-option.js";
import { compareGraphs, graphTables, type GraphReports } from "../graphs/compare-graphs.js";
import { compareMolecules, moleculeTables } from "../graphs/compare-molecules.js";
import { canonicalOf, isMoleculeFile, readMoleculeFile } from "../graphs/molecule-file.js";
import {
  constraintLines,
  costOf,
  recordedSampling,
  requestOf,
  sampleInParts,
  type SamplingOptions,
  type SamplingTally,
} from "../graphs/sampling.js";
import { scaffoldOf } from "../graphs/scaffold.js";
import { setOrGenerated } from "../graphs/set-or-generated.js";
import { skippedLines, type Skipped } from "../graphs/skipped-lines.js";
import { watchedChemistry } from "../graphs/watched-chemistry.js";
import type { Invocation } from "../invocation.js";
import { formatSeconds, print, printJson } from "../output.js";
import { requireWritable, writeOutputs } from "../outputs.js";
import { showStages } from "../stage-line.js";
import { NO_ENGINE } from "../versions.js";

/** Options of `nextscale graphs evaluate`. */
export interface EvaluateGraphsOptions extends SamplingOptions {
  readonly model?: string;
  readonly dataset: string;
  readonly split?: "validation" | "test";
  readonly count?: number;
  readonly seed: number;
  readonly skipInvalid?: boolean;
  readonly engine?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** Molecules to sample: as many as papers do. */
const MOLECULES = 10_000;

/** Samples, where they are from, and what there is to say of that. */
interface Samples<T> {
  readonly items: readonly T[];
  readonly source: Source;
}

type Source =
  | {
      readonly kind: "file";
      readonly file: string;
      readonly skipped: readonly Skipped[];
      readonly skippedCount: number;
    }
  | {
      readonly kind: "model";
      readonly model: string;
      readonly modelHash: string;
      readonly engine: string;
      readonly tally: SamplingTally;
    };

/** What is known of the samples and the set. */
interface Evaluation {
  readonly source: Source;
  readonly warnings: readonly string[];
  readonly report: { readonly molecules: MoleculeReport } | { readonly graphs: GraphReports };
  readonly tables: readonly string[];
}

/** Measures a model, or a file of samples, beside what real graphs or molecules score. */
export async function evaluateGraphModel(
  file: string | undefined,
  options: EvaluateGraphsOptions,
  invocation: Invocation,
): Promise<void> {
  const began = performance.now();
  const { dataset, seed, out, split = "test" } = options;
  requireOneSource(file, options);
  const isOfMolecules = isMoleculeSet(dataset);
  if (!isOfMolecules && !isGraphSet(dataset)) {
    throw invalid(`--dataset among ${[...MOLECULE_SET_NAMES, ...GRAPH_SET_NAMES].join(", ")}`, dataset);
  }
  if (file !== undefined) requireKind(file, dataset, isOfMolecules);
  if (out !== undefined) await requireReport(out, file);
  const model = options.model === undefined ? undefined : await loadGraphModel(options.model, engineOption(options.engine)); // prettier-ignore
  try {
    if (model !== undefined && (model.config.atoms !== undefined) !== isOfMolecules) {
      const [wanted, got] = isOfMolecules ? ["molecules", "other graphs"] : ["graphs without atoms", "molecules"];
      throw invalid(`a model of ${wanted} for --dataset ${dataset}`, `one of ${got}`);
    }
    const from: SampleSource = model === undefined ? { file: file! } : { model };
    const { source, warnings, report, tables } = isOfMolecules
      ? await evaluateAsMolecules(dataset, from, options, invocation.signal)
      : await evaluateAsGraphs(dataset, from, options, invocation.signal);
    const whole = { dataset, split, seed, warnings, source, options: recordedSampling(options), ...report };
    // Before it is written: a full disk must not cost minutes of work.
    if (options.json) printJson(whole);
    else {
      print(...sourceLines(source, options), ...warnings.map((warning) => `Note: ${warning}.`), "", ...tables);
      print("", `Took ${formatSeconds(performance.now() - began)}.`);
    }
    if (out === undefined) return;
    const chosen = { dataset, split, ...(source.kind === "model" ? { count: source.tally.graphs, ...recordedSampling(options) } : { file: source.file }) }; // prettier-ignore
    const facts =
      source.kind === "model"
        ? { modelHash: source.modelHash, engine: source.engine, networkEvaluations: Math.round(costOf(source.tally).evaluationsPerGraph) } // prettier-ignore
        : { engine: NO_ENGINE, networkEvaluations: 0 };
    const content = `${JSON.stringify(whole, null, 2)}\n`;
    const files = await writeOutputs([{ path: out, content }], { ...facts, seed, options: chosen, began }, invocation);
    if (!options.json) print("", ...files);
  } finally {
    await model?.close();
  }
}

type SampleSource = { readonly file: string } | { readonly model: GraphModel };

async function evaluateAsMolecules(
  dataset: MoleculeSetName,
  from: SampleSource,
  options: EvaluateGraphsOptions,
  signal: AbortSignal,
): Promise<Evaluation> {
  const { seed, split = "test" } = options;
  const set = await readMoleculeSet(dataset);
  const chemistry = await openChemistryWorker();
  try {
    const watched = watchedChemistry(chemistry, signal);
    const { items, source } =
      "file" in from
        ? await moleculesOfFile(from.file, watched, options.skipInvalid ?? false)
        : await sampledItems<Outcome<string>>(from.model, options, MOLECULES, signal, (graphs) =>
            chemistry.canonicalSmiles(graphs, from.model.config.atoms!),
          );
    const molecules = await compareMolecules(items, { chemistry: watched, train: set.train, held: set[split], seed, signal }); // prettier-ignore
    return { source, warnings: set.warnings, report: { molecules }, tables: moleculeTables(molecules, split) };
  } finally {
    await chemistry.close();
  }
}

async function evaluateAsGraphs(
  dataset: GraphSetName,
  from: SampleSource,
  options: EvaluateGraphsOptions,
  signal: AbortSignal,
): Promise<Evaluation> {
  const { seed, split = "test" } = options;
  const set = await setOrGenerated(dataset);
  const held = set[split];
  if (held.length === 0) throw invalid(`--split with graphs in ${dataset}`, `${split}, which has none`);
  const { items, source } =
    "file" in from
      ? await graphsOfFile(from.file, options.skipInvalid ?? false)
      : await sampledItems<Graph>(from.model, options, held.length, signal, async (graphs) => graphs);
  const stages = showStages(process.stderr);
  const comparison = { dataset, train: set.train, held, seed, signal, onStage: stages.begin };
  const graphs = await compareGraphs(items, comparison).finally(stages.end);
  return { source, warnings: set.warnings, report: { graphs }, tables: graphTables(graphs, dataset, split) };
}

/** Samples of a model, of which only what is measured is held. */
async function sampledItems<T>(
  model: GraphModel,
  options: EvaluateGraphsOptions,
  usual: number,
  signal: AbortSignal,
  itemsOf: (graphs: readonly Graph[]) => Promise<readonly T[]>,
): Promise<Samples<T>> {
  const items: T[] = [];
  const scaffold = options.scaffold === undefined ? {} : { scaffold: await scaffoldOf(options.scaffold, model) };
  const request = { ...requestOf(options), ...scaffold, count: options.count ?? usual, seed: options.seed, signal };
  const tally = await sampleInParts(model, request, async (samples) => {
    items.push(...(await itemsOf(samples.map(({ graph }) => graph))));
  });
  const { hash: modelHash, engine } = model;
  return { items, source: { kind: "model", model: options.model!, modelHash, engine, tally } };
}

/** The outcomes of a file: what is no molecule is an invalid sample, unless such lines are to be left out. */
async function moleculesOfFile(
  path: string,
  chemistry: Parameters<typeof canonicalOf>[0],
  skipInvalid: boolean,
): Promise<Samples<Outcome<string>>> {
  const file = await readMoleculeFile(path);
  const outcomes = await canonicalOf(chemistry, file);
  if (!skipInvalid) return { items: outcomes, source: { kind: "file", file: path, skipped: [], skippedCount: 0 } };
  const skipped = outcomes.flatMap((outcome, i) =>
    outcome.ok ? [] : [{ line: file.molecules[i]!.line, reason: `${outcome.reason}: ${outcome.detail}` }],
  );
  const items = outcomes.filter(({ ok }) => ok);
  return { items, source: { kind: "file", file: path, skipped, skippedCount: skipped.length } };
}

async function graphsOfFile(path: string, skipInvalid: boolean): Promise<Samples<Graph>> {
  const { records, skipped, skippedCount } = await readGraphFile(path, { skipInvalid });
  return { items: records.map(({ graph }) => graph), source: { kind: "file", file: path, skipped, skippedCount } };
}

function sourceLines(source: Source, options: EvaluateGraphsOptions): string[] {
  if (source.kind === "file") {
    return [
      `Samples of ${source.file}, against ${options.dataset}. Shares are of what is in it: what was left out is not counted.`,
      ...skippedLines(source.file, source.skipped, source.skippedCount),
    ];
  }
  const { model, modelHash, engine, tally } = source;
  const { evaluationsPerGraph, millisecondsPerGraph } = costOf(tally);
  return [
    `${tally.graphs} samples by ${model} (${modelHash.slice(0, 12)}) on ${engine}, seed ${options.seed}, against ${options.dataset}:`,
    `${evaluationsPerGraph.toFixed(1)} network evaluations and ${millisecondsPerGraph.toFixed(1)} ms each.`,
    ...constraintLines(options, tally),
  ];
}

function isMoleculeSet(name: string): name is MoleculeSetName {
  return MOLECULE_SET_NAMES.some((known) => known === name);
}

function isGraphSet(name: string): name is GraphSetName {
  return GRAPH_SET_NAMES.some((known) => known === name);
}

/** Samples are in a file, or a model makes them; an option of the other way would do nothing. */
function requireOneSource(file: string | undefined, options: EvaluateGraphsOptions): void {
  if ((file === undefined) === (options.model === undefined)) {
    throw invalid("a file of samples, or --model", file === undefined ? "neither" : "both");
  }
  const { count, substeps, size, temperature, property, guidance, scaffold, connected, valence, engine, skipInvalid } = options; // prettier-ignore
  const useless =
    file === undefined
      ? { "--skip-invalid": skipInvalid }
      : { "--count": count, "--substeps": substeps, "--size": size, "--temperature": temperature, "--property": property, "--guidance": guidance, "--scaffold": scaffold, "--connected": connected, "--valence": valence, "--engine": engine }; // prettier-ignore
  const given = Object.entries(useless).find(([, value]) => value !== undefined)?.[0];
  if (given !== undefined)
    throw invalid(`${given} with ${file === undefined ? "a file" : "--model"}`, `${given} without`);
}

function requireKind(file: string, dataset: string, isOfMolecules: boolean): void {
  if (isMoleculeFile(file) === isOfMolecules) return;
  const wanted = isOfMolecules ? "molecules, .smi or .sdf" : "graphs, .jsonl, .graphml, .gexf or .edges";
  throw invalid(`a file of ${wanted}, for --dataset ${dataset}`, file);
}

async function requireReport(out: string, file: string | undefined): Promise<void> {
  if (!/\.json$/i.test(out)) throw invalid("--out with a name that ends in .json", out === "" ? "an empty name" : out);
  await requireWritable(out, "file");
  await requireDistinct(out, { "the samples": file });
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: "graphs evaluate", expected, got });
}
