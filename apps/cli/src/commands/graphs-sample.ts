import { NextscaleError } from "@nextscale/engine";
import { atomName, type GraphModel } from "@nextscale/graphs";
import { loadGraphModel, openChemistryWorker } from "@nextscale/graphs/node";
import { engineOption } from "../engine-option.js";
import { formatOf, requireFits, type SampleFormat } from "../graphs/sample-format.js";
import {
  graphTexts,
  moleculeTexts,
  packedFor,
  type SampleContent,
  type SampleTextsOptions,
} from "../graphs/sample-texts.js";
import {
  constraintLines,
  costOf,
  recordedSampling,
  requestOf,
  requireUseful,
  sampleInParts,
  type SamplingOptions,
  type SamplingTally,
} from "../graphs/sampling.js";
import { scaffoldOf } from "../graphs/scaffold.js";
import { recordedValidity, validityLine } from "../graphs/validity.js";
import type { Invocation } from "../invocation.js";
import { shardRange, type Shard } from "../options.js";
import { formatSeconds, print, printJson } from "../output.js";
import { isDevice, requireWritable, writeOutputs, type FileOutput } from "../outputs.js";
import { requireDistinct } from "../distinct-paths.js";

/** Options of `nextscale graphs sample`. */
export interface SampleGraphsOptions extends SamplingOptions {
  readonly model: string;
  readonly count: number;
  readonly seed: number;
  readonly shard?: Shard;
  readonly engine?: string;
  readonly out: string;
  readonly strip?: string;
  readonly json?: boolean;
}

/** Generates graphs or molecules and writes them. */
export async function sampleGraphs(options: SampleGraphsOptions, invocation: Invocation): Promise<void> {
  const began = performance.now();
  const { seed, out, strip } = options;
  const { start: first, end } = shardRange(options.count, options.shard ?? { index: 0, count: 1 });
  const count = end - first;
  if (count === 0) {
    throw invalid(`--shard with no more parts than the ${options.count} graphs`, `${options.shard?.count} parts`);
  }
  const named = await formatOf(out);
  await requireWritable(out, "file");
  if (strip !== undefined) await requireStrip(strip, out);
  const model = await loadGraphModel(options.model, engineOption(options.engine));
  try {
    const format = requireFits(named, count, model.config);
    requireUseful("graphs sample", options, model);
    const { signal } = invocation;
    const scaffold = options.scaffold === undefined ? {} : { scaffold: await scaffoldOf(options.scaffold, model) };
    const request = { count, first, seed, ...requestOf(options), ...scaffold, signal };
    const { tally, content } = await sampled(model, format, request, { strip: strip !== undefined });
    const cost = costOf(tally);
    const { engine, hash: modelHash } = model;
    const networkEvaluations = Math.round(cost.evaluationsPerGraph);
    const found = content.validity === undefined ? {} : recordedValidity(content.validity);
    const recorded = { first, count, ...recordedSampling(options), ...found };
    const outputs: FileOutput[] = [
      { path: out, content: packedFor(out, content.bytes) },
      ...(strip === undefined || content.strip === undefined ? [] : [{ path: strip, content: content.strip }]),
    ];
    const facts = { modelHash, seed, engine, networkEvaluations, options: recorded, began };
    const files = await writeOutputs(outputs, facts, invocation);
    const wallTimeMs = Math.round(performance.now() - began);
    const { written, validity } = content;
    if (options.json) {
      const { model: name } = options;
      const { constrained, violated } = tally;
      const measured = { ...(validity === undefined ? {} : validity), constrained, violated, ...cost, wallTimeMs };
      return printJson({ files, model: name, modelHash, engine, seed, first, count, written, ...measured });
    }
    // A device may be our own standard output.
    if (await isDevice(out)) return;
    print(
      `${count} graphs by ${options.model} on ${engine}, ${cost.evaluationsPerGraph.toFixed(1)} network evaluations and ` +
        `${cost.millisecondsPerGraph.toFixed(1)} ms each, in ${formatSeconds(wallTimeMs)}:`,
      ...files.map((file) => `  ${file}`),
      ...(validity === undefined ? labelLines(model, format) : [`${validityLine(validity)}.`]),
      ...(strip !== undefined && content.strip === undefined ? [`No valid molecule to draw in ${strip}.`] : []),
      ...constraintLines(options, tally),
    );
  } finally {
    await model.close();
  }
}

/** Samples, and the content of their file. */
export async function sampled(
  model: GraphModel,
  format: SampleFormat,
  request: Parameters<typeof sampleInParts>[1],
  options: SampleTextsOptions,
): Promise<{ readonly tally: SamplingTally; readonly content: SampleContent }> {
  const { atoms } = model.config;
  if (atoms === undefined || ![".smi", ".sdf", ".svg"].includes(format)) {
    const texts = graphTexts(format, options);
    const tally = await sampleInParts(model, request, texts.add);
    return { tally, content: texts.finish() };
  }
  const chemistry = await openChemistryWorker();
  try {
    const texts = moleculeTexts(format, chemistry, atoms, options);
    const tally = await sampleInParts(model, request, texts.add);
    return { tally, content: texts.finish() };
  } finally {
    await chemistry.close();
  }
}

/** What the labels of nodes stand for, of molecules that are written as graphs. */
function labelLines({ config: { atoms } }: GraphModel, format: SampleFormat): string[] {
  if (atoms === undefined || format === ".svg") return [];
  const labels = atoms.map((atom, label) => `${label} ${atomName(atom)}`).join(", ");
  return [`Labels of nodes: ${labels}; of edges: 0 single, 1 double, 2 triple. Not checked for validity.`];
}

async function requireStrip(strip: string, out: string): Promise<void> {
  if (!/\.svg$/i.test(strip)) throw invalid("--strip with a name that ends in .svg", strip);
  await requireWritable(strip, "file");
  await requireDistinct(out, { "--strip": strip });
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: "graphs sample", expected, got });
}
