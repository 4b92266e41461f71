import { NextscaleError } from "@nextscale/engine";
import type { GraphModel } from "@nextscale/graphs";
import { loadGraphModel } from "@nextscale/graphs/node";
import { requireDistinct } from "../distinct-paths.js";
import { engineOption } from "../engine-option.js";
import {
  datasetNamed,
  openComparison,
  requireModelFor,
  sampleAndMeasure,
  type Comparison,
  type Dataset,
  type Measurement,
  type Split,
} from "../graphs/comparison.js";
import { isMoleculeFile } from "../graphs/molecule-file.js";
import {
  constraintLines,
  costOf,
  recordedSampling,
  requestOf,
  requireUseful,
  type SamplingOptions,
  type SamplingTally,
} from "../graphs/sampling.js";
import { scaffoldOf } from "../graphs/scaffold.js";
import { skippedLines, type Skipped } from "../graphs/skipped-lines.js";
import type { Invocation } from "../invocation.js";
import { formatSeconds, print, printJson } from "../output.js";
import { requireWritable, writeOutputs } from "../outputs.js";
import { NO_ENGINE } from "../versions.js";

/** Options of `nextscale graphs evaluate`. */
export interface EvaluateGraphsOptions extends SamplingOptions {
  readonly model?: string;
  readonly dataset: string;
  readonly split?: Split;
  readonly count?: number;
  readonly seed: number;
  readonly skipInvalid?: boolean;
  readonly engine?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** Where samples are from, and what there is to say of that. */
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

const WHERE = "graphs evaluate";

/** Measures a model, or a file of samples, beside what real graphs or molecules score. */
export async function evaluateGraphModel(
  file: string | undefined,
  options: EvaluateGraphsOptions,
  invocation: Invocation,
): Promise<void> {
  const began = performance.now();
  const { dataset, seed, out, split = "test" } = options;
  requireOneSource(file, options);
  const set = datasetNamed(WHERE, dataset);
  if (file !== undefined) requireKind(file, set);
  if (out !== undefined) await requireReport(out, file);
  const model = options.model === undefined ? undefined : await loadGraphModel(options.model, engineOption(options.engine)); // prettier-ignore
  let comparison: Comparison | undefined;
  try {
    if (model !== undefined) {
      requireModelFor(WHERE, model, set);
      requireUseful(WHERE, options, model);
    }
    const { signal } = invocation;
    comparison = await openComparison(WHERE, set, { split, seed, signal });
    const { warnings } = comparison;
    const { source, measurement } = await (model === undefined
      ? measuredFile(file!, comparison, options.skipInvalid ?? false)
      : measuredModel(model, comparison, options, signal));
    const { report, tables } = measurement;
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
    await comparison?.close();
    await model?.close();
  }
}

interface Measured {
  readonly source: Source;
  readonly measurement: Measurement;
}

async function measuredModel(
  model: GraphModel,
  comparison: Comparison,
  options: EvaluateGraphsOptions,
  signal: AbortSignal,
): Promise<Measured> {
  const scaffold = options.scaffold === undefined ? {} : { scaffold: await scaffoldOf(options.scaffold, model) };
  const { seed, count = comparison.usual } = options;
  const { tally, measurement } = await sampleAndMeasure(model, comparison, { ...requestOf(options), ...scaffold, count, seed, signal }); // prettier-ignore
  const { hash: modelHash, engine } = model;
  return { source: { kind: "model", model: options.model!, modelHash, engine, tally }, measurement };
}

async function measuredFile(file: string, comparison: Comparison, skipInvalid: boolean): Promise<Measured> {
  const samples = comparison.gather();
  const skipped = await samples.addFile(file, skipInvalid);
  return { source: { kind: "file", file, ...skipped }, measurement: await samples.measure() };
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

/** Samples are in a file, or a model makes them; an option of the other way would do nothing. */
function requireOneSource(file: string | undefined, options: EvaluateGraphsOptions): void {
  if ((file === undefined) === (options.model === undefined)) {
    throw invalid("a file of samples, or --model", file === undefined ? "neither" : "both");
  }
  const { count, substeps, size, temperature, sweeps, property, guidance, scaffold, connected, valence, engine, skipInvalid } = options; // prettier-ignore
  const useless =
    file === undefined
      ? { "--skip-invalid": skipInvalid }
      : { "--count": count, "--substeps": substeps, "--size": size, "--temperature": temperature, "--sweeps": sweeps, "--property": property, "--guidance": guidance, "--scaffold": scaffold, "--connected": connected, "--valence": valence, "--engine": engine }; // prettier-ignore
  const given = Object.entries(useless).find(([, value]) => value !== undefined)?.[0];
  if (given !== undefined)
    throw invalid(`${given} with ${file === undefined ? "a file" : "--model"}`, `${given} without`);
}

function requireKind(file: string, { kind, name }: Dataset): void {
  if (isMoleculeFile(file) === (kind === "molecules")) return;
  const wanted = kind === "molecules" ? "molecules, .smi or .sdf" : "graphs, .jsonl, .graphml, .gexf or .edges";
  throw invalid(`a file of ${wanted}, for --dataset ${name}`, file);
}

async function requireReport(out: string, file: string | undefined): Promise<void> {
  if (!/\.json$/i.test(out)) throw invalid("--out with a name that ends in .json", out === "" ? "an empty name" : out);
  await requireWritable(out, "file");
  await requireDistinct(out, { "the samples": file });
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: WHERE, expected, got });
}
