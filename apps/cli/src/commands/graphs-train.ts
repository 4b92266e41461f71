import { resolve } from "node:path";
import { isNextscaleError, NextscaleError } from "@nextscale/engine";
import { GRAPH_PRESETS, type Graph, type GraphPreset, type GraphPresetName } from "@nextscale/graphs";
import { openChemistryWorker, trainGraphModel } from "@nextscale/graphs/node";
import { engineOption } from "../engine-option.js";
import { descriptorNamed, propertyOf } from "../graphs/property.js";
import { trainingGraphs } from "../graphs/training-graphs.js";
import { watchedChemistry } from "../graphs/watched-chemistry.js";
import type { Invocation } from "../invocation.js";
import { formatSeconds, print, printJson, quoteForShell } from "../output.js";
import { receiptOf, requireWritable } from "../outputs.js";
import { stageProgress, withResumeCommand } from "../training-lines.js";

/** Options of `nextscale graphs train`. */
export interface TrainGraphsOptions {
  readonly preset: string;
  readonly data?: string;
  readonly skipInvalid?: boolean;
  readonly out: string;
  readonly seed: number;
  readonly steps?: number;
  readonly property?: string;
  readonly hierarchy?: GraphPreset["model"]["hierarchy"];
  readonly from?: string;
  readonly engine?: string;
  readonly resume?: boolean;
  readonly json?: boolean;
}

/** Trains a model of graphs or molecules. */
export async function trainGraphs(options: TrainGraphsOptions, invocation: Invocation): Promise<void> {
  const began = performance.now();
  const { seed } = options;
  const { signal } = invocation;
  const name = presetNamed(options.preset);
  const preset = presetOf(name, options);
  const out = resolve(options.out);
  await requireWritable(options.out);
  const on = engineOption(options.engine);
  if (options.property !== undefined) requireDescriptor(options.property, preset);
  const data = await trainingGraphs(name, { path: options.data, skipInvalid: options.skipInvalid, signal });
  // Before hours of training, so that whoever meant other graphs can stop it.
  if (!options.json && data.notes.length > 0) print(...data.notes);
  const property = options.property === undefined ? {} : { property: await measured(options.property, data.graphs, preset, signal) }; // prettier-ignore
  const from = options.from === undefined ? {} : { from: options.from };
  const lines = stageProgress(process.stderr);
  const trained = await trainGraphModel({
    ...{ preset, graphs: data.graphs, name: data.name, out, seed, signal, ...on, ...property },
    ...from,
    start: options.resume ? "resume" : "new",
    onProgress: lines.update,
  })
    .catch((error: unknown) => {
      throw isNextscaleError(error, "interrupted") ? withResumeCommand(error, options.out, wordsOf(options)) : error;
    })
    .finally(lines.close);
  const { hash: modelHash, engine, steps, stepsFound } = trained;
  const resumed = stepsFound > 0 ? { resumedAt: stepsFound } : {};
  const { hierarchy } = preset.model;
  const asked = options.property === undefined ? {} : { property: options.property };
  const chosen = { preset: name, hierarchy, ...from, ...asked, data: data.name, graphs: data.graphs.length };
  await receiptOf(out, { modelHash, seed, engine, networkEvaluations: steps, options: chosen, began, ...resumed }, invocation); // prettier-ignore
  const wallTimeMs = Math.round(performance.now() - began);
  if (options.json) {
    const made = { model: options.out, preset: name, data: data.name, graphs: data.graphs.length, seed, modelHash };
    return printJson({ ...made, steps, ...resumed, notes: data.notes, wallTimeMs });
  }
  const part = stepsFound > 0 ? `, ${steps - stepsFound} of ${steps} steps` : "";
  const file = preset.model.atoms === undefined ? "samples.svg" : "samples.smi";
  print(
    `Trained ${name} on ${data.graphs.length} graphs (${data.name}) in ${formatSeconds(wallTimeMs)}${part}: ${options.out}`,
    `Try: npx nextscale graphs sample --model ${quoteForShell(options.out)} --out ${file}`,
  );
}

function presetNamed(name: string): GraphPresetName {
  if (Object.hasOwn(GRAPH_PRESETS, name)) return name as GraphPresetName;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "graphs train",
    expected: `--preset among ${Object.keys(GRAPH_PRESETS).join(", ")}`,
    got: name,
    fix: "choose one of them",
  });
}

/** A preset, with the scales that are asked for, trained for as long as asked. */
function presetOf(name: GraphPresetName, { steps, hierarchy }: TrainGraphsOptions): GraphPreset {
  const { model, training }: GraphPreset = GRAPH_PRESETS[name];
  return {
    model: hierarchy === undefined ? model : { ...model, hierarchy },
    training: steps === undefined ? training : { ...training, steps },
  };
}

function requireDescriptor(name: string, { model }: GraphPreset): void {
  descriptorNamed(name);
  if (model.atoms !== undefined) return;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "--property",
    expected: "a preset of molecules",
    got: "one of other graphs",
    fix: "choose the preset qm9 or zinc250k",
  });
}

async function measured(name: string, graphs: readonly Graph[], { model }: GraphPreset, signal: AbortSignal) {
  const chemistry = await openChemistryWorker();
  try {
    return await propertyOf(name, graphs, model.atoms ?? [], watchedChemistry(chemistry, signal));
  } finally {
    await chemistry.close();
  }
}

function wordsOf({
  preset,
  data,
  skipInvalid,
  out,
  seed,
  steps,
  property,
  hierarchy,
  from,
  engine,
}: TrainGraphsOptions): string[] {
  return [
    ...["graphs", "train", "--preset", preset],
    ...(data === undefined ? [] : ["--data", data]),
    ...(skipInvalid === true ? ["--skip-invalid"] : []),
    ...["--out", out, "--seed", String(seed)],
    ...(steps === undefined ? [] : ["--steps", String(steps)]),
    ...(property === undefined ? [] : ["--property", property]),
    ...(hierarchy === undefined ? [] : ["--hierarchy", hierarchy]),
    ...(from === undefined ? [] : ["--from", from]),
    ...(engine === undefined ? [] : ["--engine", engine]),
  ];
}
