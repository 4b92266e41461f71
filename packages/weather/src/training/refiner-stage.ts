import type { NamedArrays } from "@nextscale/engine";
import {
  flatThenLinearSchedule,
  initialWeightState,
  layoutOf,
  normals,
  parameterNormals,
  randomStream,
  shuffledBatches,
  uniforms,
  weightStateTypes,
  withWarmUp,
  type Stage,
} from "@nextscale/refinement-core";
import type { RunConfig } from "../config/config.js";
import { fieldModel, weatherWeightTypes } from "../model/field-model.js";
import { FORCINGS, forcings } from "../model/forcings.js";
import { fieldSize, type FieldSeries } from "./field-series.js";
import type { Foundations } from "./foundations.js";
import { objectiveOf } from "./objective-of.js";
import { pushforwardOf } from "./pushforward.js";
import { refinerProgram } from "./refiner-program.js";

/** What the stage trains on. */
export interface RefinerStageInputs {
  readonly config: RunConfig;
  readonly foundations: Foundations;
  readonly series: FieldSeries;
  readonly seed: number;
}

/** Steps over which the learning rate comes up from zero. */
const WARM_UP = 100;
/** Share of the steps at the highest learning rate, and the last rate as a share of it. */
const FLAT = 0.4;
const LAST_RATE = 0.01;
/** Decay of the average of the weights; it grows with the steps, so that the start is soon forgotten. */
const AVERAGE_DECAY = 0.999;

/** The training of the network on what the anchor misses of each step of a series. */
export function refinerStage({ config, foundations, series, seed }: RefinerStageInputs): Stage<RunConfig> {
  const { model, training } = config;
  const { steps, batchSize, learningRate: peak } = training;
  const { states, items: positions } = foundations;
  const objective = objectiveOf(config, foundations, seed);
  const pushforward = pushforwardOf(config, { series, states, seed });
  const program = refinerProgram(config, objective, pushforward);
  const types = weatherWeightTypes(model);
  const size = fieldSize(series);
  const cells = size / model.channels.length;
  const order = shuffledBatches({ count: positions.length, batchSize, stream: randomStream(seed, "weather/order") });
  const noise = randomStream(seed, "weather/input-noise");
  const amplitudes = randomStream(seed, "weather/input-noise-amplitude");
  const rate = flatThenLinearSchedule({ peak, last: peak * LAST_RATE, steps, flat: FLAT });
  const wanted = new Set(program.inputs.map(({ name }) => name));
  const folds = Object.fromEntries(foundations.folds.map((fold, i) => [`folds/${i}`, fold]));
  const fitted: NamedArrays = { ...foundations.tensors, ...folds };
  return {
    name: "refiner",
    kind: "weather/training/refiner",
    steps,
    program: () => program,
    layout: ({ model: found }) => layoutOf({ state: weightStateTypes(weatherWeightTypes(found).refiner) }),
    start: () => {
      const initial = fieldModel(model).refiner.init(parameterNormals(seed));
      return initialWeightState(objective.startingFrom(initial), types.refiner);
    },
    constants: Object.fromEntries(Object.entries(fitted).filter(([name]) => wanted.has(name))),
    batches: (step) => {
      const items = { first: step * batchSize, count: batchSize };
      const batch = new Float32Array(batchSize * 3 * size);
      const times = new Float32Array(batchSize * FORCINGS);
      const fold = new Float32Array(batchSize);
      const chosen = Array.from(order(step).indices, (at) => ({ at, item: positions[at]! }));
      chosen.forEach(({ at, item }, i) => {
        batch.set(states.subarray((item - 1) * size, (item + 2) * size), i * 3 * size);
        times.set(forcings(series.times[item]!, series.stepHours), i * FORCINGS);
        fold[i] = at < Math.floor(positions.length / 2) ? 0 : 1;
      });
      const random = Object.entries(objective.random(items)).map(
        ([name, values]) => [`random/${name}`, values] as const,
      );
      return {
        states: batch,
        forcings: times,
        fold,
        noise: scaledItems(
          normals(noise, { items, sites: 2 * cells, draws: model.channels.length }),
          uniforms(amplitudes, { items, draws: 1 }),
        ),
        ...Object.fromEntries(random),
        ...pushforward?.inputs(
          items,
          chosen.map(({ item }) => item),
        ),
      };
    },
    scalars: {
      learningRate: withWarmUp(rate, { steps: WARM_UP }),
      averageDecay: (step) => Math.min(AVERAGE_DECAY, (1 + step) / (10 + step)),
    },
  };
}

/** Items, each times its own factor. */
function scaledItems(values: Float32Array, factors: Float32Array): Float32Array {
  const size = values.length / factors.length;
  return values.map((value, at) => value * factors[Math.floor(at / size)]!);
}
