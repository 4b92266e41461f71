import { NextscaleError, type Engine } from "@nextscale/engine";
import {
  compiledPrograms,
  hostTensor,
  permutation,
  randomStream,
  untilSignalsAreSeen,
  type Checkpoint,
  type ModelDescription,
} from "@nextscale/refinement-core";
import type { Coding } from "../codes/encode-graph.js";
import { compositionQuantiser } from "../codes/composition-quantiser.js";
import type { GraphModelConfig } from "../config/config.js";
import { permuted, type Graph } from "../graph/graph.js";
import { largestValence } from "../molecule/valence.js";
import { patternsOf } from "../pyramid/patterns.js";
import { refinerInputs } from "../refiner/inputs.js";
import { guided } from "../sampling/guided.js";
import { drawn } from "../sampling/choose.js";
import { connected } from "../sampling/connected.js";
import { withinValence } from "../sampling/within-valence.js";
import { keepingScaffold } from "../sampling/scaffold.js";
import type { RevealOptions } from "../sampling/reveal.js";
import { orderOf } from "../sampling/reveal-order.js";
import { drawSize, logSize, sampleGraph } from "../sampling/sample-graph.js";
import type {
  GraphLevel,
  GraphModel,
  GraphSample,
  GraphSampleRequest,
  GraphScore,
  GraphScoreRequest,
} from "./graph-model.js";
import { GeneratedGraph } from "./generated-graph.js";
import { predictor, type Predictor } from "./predictor.js";
import { scoreGraph } from "./score-graph.js";
import { logitsOf, logitsProgram } from "./refiner-runs.js";
import { requireGraphsFor, requireSampleRequest, requireScoreRequest } from "./requirements.js";

/** As much of a checkpoint as a model is made of. */
export interface GraphModelContent extends Pick<Checkpoint<GraphModelConfig>, "config" | "tensors" | "hash"> {
  readonly description: Pick<ModelDescription, "seed" | "data">;
}

/** What a model is made with besides its checkpoint. */
export interface CreateGraphModelOptions {
  /** Stays open when the model is closed, unless `ownsEngine`. */
  readonly engine: Engine;
  readonly ownsEngine?: boolean;
}

/** A model from the content of its two files. It works wherever there is an engine; with Node `loadGraphModel` does it all. */
export function createGraphModel(
  { config, tensors, hash, description }: GraphModelContent,
  { engine, ownsEngine = false }: CreateGraphModelOptions,
): GraphModel {
  const patterns = patternsOf(config.edgeLabels);
  const programs = compiledPrograms(engine, tensors, {
    where: "graphs/model",
    ...(ownsEngine ? { afterwards: () => engine.close() } : {}),
  });
  const codebook = hostTensor([config.compositions, config.nodeLabels], tensors["coding/codebook"] as Float32Array);
  const coding: Coding = { config, patterns, codebook, start: tensors["coding/start"] as Float32Array };
  const quantiser = compositionQuantiser(codebook);
  const writing = { patterns, codebook: codebook.data, config };

  /** Walks of many graphs at a time, whose tasks the network answers together. */
  const walks = (signal: AbortSignal | undefined) =>
    predictor(async (tasks, capacity) => {
      if (signal !== undefined) await untilSignalsAreSeen();
      signal?.throwIfAborted();
      const inputs = Object.entries(refinerInputs(tasks, capacity, writing));
      const outputs = await programs.run(
        `logits ${capacity.nodes} ${capacity.groups}`,
        () => logitsProgram(config, patterns, capacity),
        Object.fromEntries(inputs.map(([name, data]) => [`inputs/${name}`, data as Float32Array])),
      );
      return logitsOf(outputs, tasks, capacity, { config, patterns });
    });

  const sample = async (request: GraphSampleRequest): Promise<GraphSample[]> => {
    requireSampleRequest(request, config);
    const { count, seed = 0, first = 0, size, substeps = "exact", temperature = 1, signal, onProgress } = request;
    const [sizes, orders, draws, numbers, places] = ["sizes", "order", "draws", "numbers", "scaffold"].map((name) =>
      randomStream(seed, `graphs/sample/${name}`),
    );
    const { scaffold } = request;
    // A graph is no smaller than what it is to have in it.
    const possible = config.sizes.map((graphs, nodes) => (nodes < (scaffold?.nodeCount ?? 0) ? 0 : graphs));
    const constraints = [
      ...(request.connected === true ? [connected(patterns)] : []),
      ...(request.valence === true ? [withinValence((config.atoms ?? []).map(largestValence), patterns)] : []),
    ];
    const { all, predict: plain } = walks(signal);
    const { predict, looks } = asked(plain, request, config);
    const sampleAt = async (item: number): Promise<GraphSample> => {
      const nodes = size ?? drawSize({ sizes: possible }, sizes!, item);
      const keeper =
        scaffold === undefined ? undefined : keepingScaffold(scaffold, { patterns, codebook, stream: places!, item });
      const constrained = { codes: 0, violated: 0 };
      const onConstrained = (kept: boolean) => {
        constrained.codes += 1;
        if (!kept) constrained.violated += 1;
      };
      const found = await sampleGraph(nodes, {
        ...{ config, quantiser, patterns, start: coding.start, predict },
        order: (sites, candidates, scale) =>
          orderOf(substeps, sites, candidates, { random: { stream: orders!, item, scale }, config }),
        choose: drawn({
          ...{ stream: draws!, item, temperature, onConstrained },
          constraints: keeper === undefined ? constraints : [keeper.constraint, ...constraints],
        }),
      });
      const ofSize = size === undefined ? logSize({ sizes: possible }, nodes) : 0;
      const levels = found.levels.map(({ graph, mass }, k) => ({ graph, mass, parents: found.candidates[k]!.parents }));
      const order = permutation(numbers!, nodes, { item });
      const finest = reordered(levels.at(-1)!, order);
      const made = {
        graph: finest.graph,
        levels: [...levels.slice(0, -1), finest],
        evaluations: looks * found.choices.reduce((sum, { evaluations }) => sum + evaluations, 0),
        logProbability: found.choices.reduce((sum, { logProbability }) => sum + logProbability, ofSize),
        constrained,
        ...(keeper === undefined ? {} : { scaffold: keeper.places(found.candidates).map((node) => order[node]!) }),
      };
      return new GeneratedGraph(made, config.atoms);
    };
    const items = Array.from({ length: count }, (_, i) => first + i);
    return followed(items, { all, onProgress }, sampleAt);
  };

  const score = async (graphs: readonly Graph[], request: GraphScoreRequest = {}): Promise<GraphScore[]> => {
    requireScoreRequest(request);
    requireGraphsFor(graphs, config);
    const { seed = 0, substeps = "exact", hierarchies = 1, signal } = request;
    const orders = randomStream(seed, "graphs/score/order");
    const keys = Array.from({ length: hierarchies }, (_, i) => randomStream(seed, `graphs/score/keys/${i}`));
    const { all, predict } = walks(signal);
    const scoreAt = (item: number): Promise<GraphScore> =>
      scoreGraph(graphs[item]!, item, { coding, quantiser, predict, keys, orders, substeps });
    return followed([...graphs.keys()], { all }, scoreAt);
  };

  return {
    config,
    hash,
    engine: engine.name,
    seed: description.seed,
    data: description.data,
    sample: (request) => programs.call(() => sample(request)),
    score: (graphs, request) => programs.call(() => score(graphs, request)),
    close: () => programs.close(),
  };
}

/** What the network says where a property is asked for, and how many looks at it that takes. */
function asked(
  predict: RevealOptions["predict"],
  { property: wanted, guidance = 1 }: GraphSampleRequest,
  { property: known }: GraphModelConfig,
): { readonly predict: RevealOptions["predict"]; readonly looks: number } {
  if (wanted === undefined || known === undefined) return { predict, looks: 1 };
  const property = (wanted - known.mean) / known.deviation;
  const told: RevealOptions["predict"] = (task) => predict({ ...task, property });
  return guidance === 1 ? { predict: told, looks: 1 } : { predict: guided(told, predict, guidance), looks: 2 };
}

/** The finest level with other numbers on its nodes, all of one mass: in those that it grew with siblings are neighbours. */
function reordered({ graph, mass, parents }: GraphLevel, order: Int32Array): GraphLevel {
  const moved = parents.slice();
  order.forEach((to, from) => (moved[to] = parents[from]!));
  return { graph: permuted(graph, order), mass, parents: moved };
}

/** Walks for all items; says how far they are, also when a signal ends them. */
async function followed<T>(
  items: readonly number[],
  { all, onProgress }: Pick<Predictor, "all"> & { readonly onProgress?: GraphSampleRequest["onProgress"] | undefined },
  walk: (item: number) => Promise<T>,
): Promise<T[]> {
  let done = 0;
  try {
    return await all(items, async (item) => {
      const result = await walk(item);
      onProgress?.(++done, items.length);
      return result;
    });
  } catch (error) {
    if (!(error instanceof Error && error.name === "AbortError")) throw error;
    throw new NextscaleError({
      code: "interrupted",
      where: "graphs/model",
      expected: `${items.length} graphs`,
      got: `an interruption after ${done}`,
      fix: "call again: the same seed gives the same graphs",
      cause: error,
    });
  }
}
