import { isDeepStrictEqual } from "node:util";
import { NextscaleError } from "@nextscale/engine";
import { exclusively, openEngine, type EngineName } from "@nextscale/engine/node";
import { averagedWeights, describeIssues, sha256 } from "@nextscale/refinement-core";
import {
  prepareTraining,
  readCheckpoint,
  runStage,
  writeCheckpoint,
  type StageProgress,
  type TrainingStart,
} from "@nextscale/refinement-core/node";
import { graphRunSchema, type GraphModelConfig, type GraphRunConfig } from "../config/config.js";
import { GRAPH_PRESETS, type GraphPreset, type GraphPresetName } from "../config/presets.js";
import { edgesOf, type Graph } from "../graph/graph.js";
import { packed } from "../graph/packed-graphs.js";
import { graphModelKind } from "../model/checkpoint-kind.js";
import { graphModelFolder } from "./load-graph-model.js";
import { fitFoundations } from "../training/foundations.js";
import { requireRoom } from "../training/room.js";
import { refinerStage } from "../training/refiner-stage.js";

/** How to train. */
export interface TrainGraphModelOptions {
  readonly preset: GraphPresetName | GraphPreset;
  readonly graphs: readonly Graph[];
  /** A number of each graph that samples can be asked for. */
  readonly property?: { readonly name: string; readonly values: readonly number[] };
  /** What the graphs are called in the model's description. */
  readonly name: string;
  /** A bundled name or the folder of a model of the same network, whose weights the training begins with: to go on, or to learn other graphs. */
  readonly from?: string;
  /** Folder of the finished model. */
  readonly out: string;
  /** Default 0. */
  readonly seed?: number;
  /** Default `new`. */
  readonly start?: TrainingStart;
  readonly engine?: EngineName;
  readonly signal?: AbortSignal;
  /** Called every few steps. */
  readonly onProgress?: (progress: StageProgress) => void;
}

/** A trained model. */
export interface TrainedGraphModel {
  readonly config: GraphModelConfig;
  readonly hash: string;
  readonly seed: number;
  readonly engine: string;
  readonly steps: number;
  /** Steps that had been taken before: 0 unless resumed. */
  readonly stepsFound: number;
}

const WHERE = "graphs/trainGraphModel";

/**
 * Trains a graph model and writes the folder `out`. What an interruption leaves in `<out>.training` can be resumed, to the same bits.
 *
 * @throws NextscaleError `invalid-argument` for a preset that is wrong in itself or a model to begin with of another network, `invalid-data` when the
 * graphs or their property cannot be learned from or the training diverges, `unwritable`, `interrupted` when the signal aborts
 */
export function trainGraphModel(options: TrainGraphModelOptions): Promise<TrainedGraphModel> {
  return exclusively(options.out, WHERE, () => trainAlone(options));
}

async function trainAlone(options: TrainGraphModelOptions): Promise<TrainedGraphModel> {
  const { graphs, name, out, seed = 0, start = "new", signal, onProgress } = options;
  const preset = presetOf(options.preset);
  const { property, values } = standardised(options);
  requireRoom(graphs, preset);
  const settings = { ...preset.model, ...property };
  const source = options.from === undefined ? undefined : await sourceOf(options.from, settings);
  const training = source === undefined ? preset.training : { ...preset.training, from: source.hash };
  const { coding, sizes } = fitFoundations(graphs, settings, seed, values.properties, source?.config.divisions);
  const config = checkedConfig({ model: coding.config, training });
  const folder = await prepareTraining(out, ["refiner"], start, WHERE);
  const data = { name, sha256: await hashOf(graphs, options.property?.values ?? []) };
  const engine = await openEngine(options.engine, { worker: true });
  try {
    const run = {
      ...{ config, schema: graphRunSchema, seed, data, folder, engine, resume: start === "resume" },
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    };
    const stage = refinerStage({
      config,
      coding,
      graphs: packed(graphs),
      ...values,
      sizes,
      seed,
      weights: source?.tensors,
    });
    const { state, stepsFound } = await runStage(run, stage);
    const tensors = averagedWeights(state, "refiner");
    await writeCheckpoint(out, graphModelKind, { config: coding.config, seed, data, metrics: {}, tensors });
    const { hash } = await readCheckpoint(out, graphModelKind);
    return { config: coding.config, hash, seed, engine: engine.name, steps: training.steps, stepsFound };
  } finally {
    await engine.close();
  }
}

/** The model that a training begins with: of the same network and the same labels. */
async function sourceOf(from: string, settings: GraphPreset["model"]) {
  const source = await readCheckpoint(graphModelFolder(from), graphModelKind);
  const kindOf = ({ hierarchy, nodeLabels, edgeLabels, atoms, property, network }: GraphPreset["model"]) =>
    JSON.stringify({ hierarchy, nodeLabels, edgeLabels, atoms, property: property?.name, network });
  const [expected, got] = [kindOf(settings), kindOf(source.config)];
  // Without regard to the order of their keys.
  if (isDeepStrictEqual(JSON.parse(expected), JSON.parse(got))) return source;
  throw new NextscaleError({
    code: "invalid-argument",
    where: WHERE,
    expected: `a model to begin with of ${expected}`,
    got: `${from} of ${got}`,
    fix: "begin with a model of the same preset, or without one",
  });
}

function presetOf(preset: GraphPresetName | GraphPreset): GraphPreset {
  if (typeof preset !== "string") return preset;
  if (Object.hasOwn(GRAPH_PRESETS, preset)) return GRAPH_PRESETS[preset];
  throw new NextscaleError({
    code: "invalid-argument",
    where: WHERE,
    expected: `a preset, or the name of one: ${Object.keys(GRAPH_PRESETS).join(", ")}`,
    got: preset,
  });
}

/** Before anything is trained: a model that cannot be saved is not worth a step. */
function checkedConfig(config: GraphRunConfig): GraphRunConfig {
  const parsed = graphRunSchema.safeParse(config);
  if (parsed.success) return parsed.data;
  throw new NextscaleError({
    code: "invalid-argument",
    where: WHERE,
    expected: "a preset that goes with itself and the graphs",
    got: describeIssues(parsed.error, Infinity),
    fix: "correct the preset",
  });
}

/** What a model keeps of a property, and what it learns from. */
function standardised({ graphs, property }: TrainGraphModelOptions) {
  if (property === undefined) return { property: {}, values: {} };
  const { name, values } = property;
  if (values.length !== graphs.length || !values.every(Number.isFinite))
    throw invalid(`a finite number of ${name} for each of ${graphs.length} graphs`, `${values.length} numbers`);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  if (!(deviation > 0)) throw invalid(`graphs that differ in ${name}`, "graphs that do not");
  const properties = Float32Array.from(values, (value) => (value - mean) / deviation);
  return { property: { property: { name, mean, deviation } }, values: { properties } };
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-data", where: WHERE, expected, got });
}

/** Of all labels and edges, in the order of the graphs, and of what else is learned from. */
function hashOf(graphs: readonly Graph[], values: readonly number[]): Promise<string> {
  const numbers = graphs.flatMap((graph) => [
    graph.nodeCount,
    ...graph.nodeLabels,
    graph.edgeCount,
    ...edgesOf(graph).flat(),
  ]);
  const arrays = [Int32Array.from(numbers), Float64Array.from(values)];
  return sha256(Buffer.concat(arrays.map(({ buffer }) => new Uint8Array(buffer))));
}
