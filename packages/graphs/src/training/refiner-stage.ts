import type { NamedArrays } from "@nextscale/engine";
import {
  flatThenLinearSchedule,
  initialWeightState,
  layoutOf,
  parameterNormals,
  randomStream,
  shuffledBatches,
  uniforms,
  weightStateFrom,
  weightStateTypes,
  withWarmUp,
  type Stage,
} from "@nextscale/refinement-core";
import type { GraphRunConfig } from "../config/config.js";
import type { GraphSource } from "../graph/packed-graphs.js";
import { graphRefiner } from "../refiner/graph-refiner.js";
import { refinerInputs, type Capacity } from "../refiner/inputs.js";
import { hasSites } from "../codes/sites.js";
import { refinerTypes } from "../refiner/refiner-types.js";
import { refinerProgram } from "./refiner-program.js";
import { targetsOf } from "./targets.js";
import { encodeGraph, type Coding, type EncodedLevel } from "../codes/encode-graph.js";
import { capacitiesOf, placeOf, type LevelSize } from "./capacities.js";
import { pickLevel, trainingTask } from "./training-task.js";

/** What the stage trains on. */
export interface RefinerStageInputs {
  readonly config: GraphRunConfig;
  readonly coding: Coding;
  readonly graphs: GraphSource;
  /** Of each graph, in deviations from the mean, of a model that can be asked for it. */
  readonly properties?: Float32Array;
  /** Of levels, as `fitFoundations` finds them; levels that have no room are left out. */
  readonly sizes: readonly LevelSize[];
  readonly seed: number;
  /** Trained weights to begin with, `refiner/...`. */
  readonly weights?: NamedArrays | undefined;
}

/** Tasks that each graph of a step is in, if it has room for so many, with the same levels: to make those costs as much as a task. */
const TASKS_A_GRAPH = 4;
/** Share of tasks that are told the property: of the others the model learns what graphs are like whatever it is. */
const TOLD = 0.5;
/** Highest learning rate of trained weights, as a share of that of new ones: what they have learned is to be kept. */
const ONWARD = 1 / 2;
/** Steps over which the learning rate comes up from zero. */
const WARM_UP = 100;
/** Share of the steps at the highest learning rate, and the last rate as a share of it. */
const FLAT = 0.4;
const LAST_RATE = 0.01;
/** Decay of the average of the weights; it grows with the steps, so that the start is soon forgotten. */
const AVERAGE_DECAY = 0.999;

/** The training of the network on levels of graphs, each time with other keys and other codes hidden. */
export function refinerStage({
  config,
  coding,
  graphs,
  properties,
  sizes,
  seed,
  weights,
}: RefinerStageInputs): Stage<GraphRunConfig> {
  const { model, training } = config;
  const { steps, batchSize } = training;
  const peak = training.learningRate * (weights === undefined ? 1 : ONWARD);
  const capacities = capacitiesOf(sizes, model.sizes.length - 1, batchSize);
  const apart = model.hierarchy === "one-scale";
  const tasksAGraph = Math.min(TASKS_A_GRAPH, batchSize);
  const graphsOf = ({ items }: Capacity) => Math.ceil(items / tasksAGraph);
  // Of fewer graphs than that the rest of a step stays empty.
  const graphsAStep = Math.min(Math.max(...capacities.map(graphsOf)), graphs.length);
  const order = shuffledBatches({
    count: graphs.length,
    batchSize: graphsAStep,
    stream: randomStream(seed, "graphs/order"),
  });
  const keys = randomStream(seed, "graphs/keys");
  const picks = randomStream(seed, "graphs/levels");
  const hidden = randomStream(seed, "graphs/hidden");
  const told = randomStream(seed, "graphs/told");
  const isTold = (item: number) => uniforms(told, { items: { first: item, count: 1 }, draws: 1 })[0]! < TOLD;
  const rate = flatThenLinearSchedule({ peak, last: peak * LAST_RATE, steps, flat: FLAT });
  return {
    name: "refiner",
    kind: "graphs/training/refiner",
    steps,
    program: () => refinerProgram(coding, training, capacities),
    layout: ({ model: found }) => layoutOf({ state: weightStateTypes(refinerTypes(found)) }),
    start: () => {
      const types = refinerTypes(model);
      if (weights !== undefined) return weightStateFrom(weights, "refiner", types);
      return initialWeightState(graphRefiner(coding).init(parameterNormals(seed)), types);
    },
    constants: {},
    batches: (step) => {
      const encoded = Array.from(order(step).indices, (graph, i) => {
        const item = step * graphsAStep + i;
        return { graph, item, levels: encodeGraph(graphs.at(graph)!, coding, { stream: keys, item }) };
      });
      const parts = capacities.map((capacity, part) => {
        const within = encoded
          .map(({ levels, ...of }) => ({
            ...of,
            levels: levels.filter(
              (level) => hasSites(level.candidates, { apart }) && placeOf(sizeOf(level), capacities) === part,
            ),
          }))
          .filter(({ levels }) => levels.length > 0);
        const chosen = within.slice(0, graphsOf(capacity)).flatMap(({ graph, item, levels }) =>
          Array.from({ length: tasksAGraph }, (_, k) => {
            const own = (item * capacities.length + part) * tasksAGraph + k;
            return { graph, own, levels };
          }),
        );
        const tasks = chosen.slice(0, capacity.items).map(({ graph, own, levels }) => {
          const level = pickLevel(levels, picks, own);
          const { task, weights } = trainingTask(levels[level]!, model, { stream: hidden, item: own, scale: level });
          return properties === undefined || !isTold(own)
            ? { task, weights }
            : { task: { ...task, property: properties[graph] }, weights };
        });
        return {
          ...prefixed(`parts/${part}/inputs`, refinerInputs(tasks.map(({ task }) => task), capacity, coding)), // prettier-ignore
          ...prefixed(`parts/${part}/targets`, targetsOf(tasks, capacity, coding.splits)),
        };
      });
      return Object.assign({}, ...parts) as NamedArrays;
    },
    scalars: {
      learningRate: withWarmUp(rate, { steps: WARM_UP }),
      averageDecay: (step) => Math.min(AVERAGE_DECAY, (1 + step) / (10 + step)),
    },
  };
}

function sizeOf({ candidates: { mass, groups } }: EncodedLevel): LevelSize {
  return { nodes: mass.length, groups: groups.count };
}

function prefixed(prefix: string, arrays: object): NamedArrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, data]) => [`${prefix}/${name}`, data as Float32Array]));
}
