import { NextscaleError, type Engine } from "@nextscale/engine";
import {
  compiledPrograms,
  permutation,
  randomStream,
  untilSignalsAreSeen,
  type Checkpoint,
  type ModelDescription,
} from "@nextscale/refinement-core";
import { codingOf } from "../codes/encode-graph.js";
import type { GraphModelConfig } from "../config/config.js";
import { permuted, type Graph } from "../graph/graph.js";
import { largestValence } from "../molecule/valence.js";
import { formulaOf, massOf } from "../pyramid/formula.js";
import { refinerInputs } from "../refiner/inputs.js";
import { guided } from "../sampling/guided.js";
import { drawn } from "../sampling/choose.js";
import { earlyIn } from "../sampling/early.js";
import { connected } from "../sampling/connected.js";
import { withinValence } from "../sampling/within-valence.js";
import { keepingScaffold, type ScaffoldKeeper } from "../sampling/scaffold.js";
import type { RevealOptions } from "../sampling/reveal.js";
import { orderOf } from "../sampling/reveal-order.js";
import { rootLaw } from "../sampling/root.js";
import { sampleGraph } from "../sampling/sample-graph.js";
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
import { requireGraphFor, requireSampleRequest, requireScoreRequest } from "./requirements.js";

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
  const coding = codingOf(config);
  const { patterns } = coding;
  const programs = compiledPrograms(engine, tensors, {
    where: "graphs/model",
    ...(ownsEngine ? { afterwards: () => engine.close() } : {}),
  });

  /** Walks of many graphs at a time, whose tasks the network answers together. */
  const walks = (signal: AbortSignal | undefined) =>
    predictor(async (tasks, capacity) => {
      if (signal !== undefined) await untilSignalsAreSeen();
      signal?.throwIfAborted();
      const inputs = Object.entries(refinerInputs(tasks, capacity, coding));
      const outputs = await programs.run(
        `logits ${capacity.nodes} ${capacity.groups}`,
        () => logitsProgram(coding, capacity),
        Object.fromEntries(inputs.map(([name, data]) => [`inputs/${name}`, data as Float32Array])),
      );
      return logitsOf(outputs, tasks, capacity, coding);
    });

  const sample = async (request: GraphSampleRequest): Promise<GraphSample[]> => {
    requireSampleRequest(request, config);
    const {
      count,
      seed = 0,
      first = 0,
      size,
      substeps = "exact",
      temperature = 1,
      sweeps = 0,
      signal,
      onProgress,
    } = request;
    const [roots, orders, numbers, places] = ["root", "order", "numbers", "scaffold"].map((name) =>
      randomStream(seed, `graphs/sample/${name}`),
    );
    const draws = Array.from({ length: 1 + sweeps }, (_, sweep) =>
      randomStream(seed, sweep === 0 ? "graphs/sample/draws" : `graphs/sample/draws/${sweep}`),
    );
    const { scaffold, guidance } = request;
    const root = rootLaw(config, {
      ...{ size, guidance, property: standardised(request.property, config) },
      atLeast: scaffold === undefined ? undefined : formulaOf(scaffold.nodeLabels, config.nodeLabels),
    });
    const valences = (config.atoms ?? []).map(largestValence);
    const constraintsOf = (keeper: ScaffoldKeeper | undefined) => [
      ...(keeper === undefined ? [] : [keeper.constraint]),
      ...(request.connected === true ? [connected(patterns)] : []),
      ...(request.valence === true ? [withinValence(valences, patterns, keeper?.reserved)] : []),
    ];
    const { all, predict: plain } = walks(signal);
    const { predict, looks } = asked(plain, request, config);
    const sampleAt = async (item: number): Promise<GraphSample> => {
      const formula = root.draw(roots!, item);
      const keeper =
        scaffold === undefined ? undefined : keepingScaffold(scaffold, { patterns, stream: places!, item });
      const constrained = { codes: 0, violated: 0 };
      const onConstrained = (kept: boolean) => {
        constrained.codes += 1;
        if (!kept) constrained.violated += 1;
      };
      const found = await sampleGraph(formula, {
        ...{ config, patterns, sweeps, predict },
        order: (sites, candidates, scale) =>
          orderOf(substeps, sites, candidates, { random: { stream: orders!, item, scale }, config }),
        early: earlyIn(substeps, config, { splitCodes: coding.splits, temperature }),
        choose: drawn({
          ...{ streams: draws, item, temperature, onConstrained, splitCodes: coding.splits },
          constraints: constraintsOf(keeper),
        }),
      });
      const levels = found.levels.map(({ graph, mass }, k) => ({ graph, mass, parents: found.candidates[k]!.parents }));
      const order = permutation(numbers!, massOf(formula), { item });
      const finest = reordered(levels.at(-1)!, order);
      const made = {
        graph: finest.graph,
        levels: [...levels.slice(0, -1), finest],
        evaluations: looks * found.choices.reduce((sum, { evaluations }) => sum + evaluations, 0),
        logProbability: found.choices.reduce(
          (sum, { logProbability }) => sum + logProbability,
          root.logProbability(formula),
        ),
        constrained,
        ...(keeper === undefined ? {} : { scaffold: keeper.places(found.candidates).map((node) => order[node]!) }),
      };
      return new GeneratedGraph(made, config.atoms);
    };
    const items = Array.from({ length: count }, (_, i) => first + i);
    return followed(items, { all, onProgress, results: "graphs" }, sampleAt);
  };

  const score = async (graphs: readonly Graph[], request: GraphScoreRequest = {}): Promise<GraphScore[]> => {
    requireScoreRequest(request);
    graphs.forEach((graph, i) => requireGraphFor(graph, config, `graph ${i}`));
    const { seed = 0, substeps = "exact", hierarchies = 1, signal, onProgress } = request;
    const orders = randomStream(seed, "graphs/score/order");
    const keys = Array.from({ length: hierarchies }, (_, i) => randomStream(seed, `graphs/score/keys/${i}`));
    const root = rootLaw(config);
    const { all, predict } = walks(signal);
    const scoreAt = (item: number): Promise<GraphScore> =>
      scoreGraph(graphs[item]!, item, { coding, root, predict, keys, orders, substeps });
    return followed([...graphs.keys()], { all, onProgress, results: "scores" }, scoreAt);
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
  config: GraphModelConfig,
): { readonly predict: RevealOptions["predict"]; readonly looks: number } {
  if (wanted === undefined) return { predict, looks: 1 };
  const property = standardised(wanted, config);
  const told: RevealOptions["predict"] = (task) => predict({ ...task, property });
  return guidance === 1 ? { predict: told, looks: 1 } : { predict: guided(told, predict, guidance), looks: 2 };
}

/** A property in deviations from the mean of what was learned from. */
function standardised(value: number | undefined, { property }: GraphModelConfig): number | undefined {
  return value === undefined || property === undefined ? undefined : (value - property.mean) / property.deviation;
}

/** The finest level with other numbers on its nodes, all of one mass: in those that it grew with siblings are neighbours. */
function reordered({ graph, mass, parents }: GraphLevel, order: Int32Array): GraphLevel {
  const moved = parents.slice();
  order.forEach((to, from) => (moved[to] = parents[from]!));
  return { graph: permuted(graph, order), mass, parents: moved };
}

/** Walks for all items; says how far they are, also when a signal ends them. @param results what they are to lead to, in words */
async function followed<T>(
  items: readonly number[],
  { all, onProgress, results }: Pick<Predictor, "all"> & { readonly onProgress?: GraphSampleRequest["onProgress"] | undefined; readonly results: string }, // prettier-ignore
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
      expected: `${items.length} ${results}`,
      got: `an interruption after ${done}`,
      fix: `call again: the same seed gives the same ${results}`,
      cause: error,
    });
  }
}
