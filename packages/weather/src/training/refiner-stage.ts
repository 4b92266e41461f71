import type { NamedArrays } from "@nextscale/engine";
import {
  concatenate,
  flatThenLinearSchedule,
  integers,
  initialWeightState,
  layoutOf,
  normals,
  parameterNormals,
  randomStream,
  shuffledBatches,
  uniforms,
  weightStateTypes,
  withWarmUp,
  type FittedTransform,
  type HostParameters,
  type Stage,
} from "@nextscale/refinement-core";
import type { RunConfig } from "../config/config.js";
import { fieldModel, weatherWeightTypes } from "../model/field-model.js";
import { FORCINGS, forcings } from "../model/forcings.js";
import type { FieldRefinerParameters } from "../refiner/field-refiner.js";
import { COLOURS, colourMask } from "../refiner/passes.js";
import { fieldSize, type FieldSeries } from "./field-series.js";
import type { Foundations } from "./foundations.js";
import { levelFrequencies } from "./level-frequencies.js";
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
  const { steps, batchSize, corruption, learningRate: peak } = training;
  const { states, items: positions } = foundations;
  const types = weatherWeightTypes(model);
  const program = refinerProgram(model, training, types, foundations.quantiser.map(entropyOf));
  const size = fieldSize(series);
  const cells = size / model.channels.length;
  const { scales } = fieldModel(model).refiner;
  const order = shuffledBatches({ count: positions.length, batchSize, stream: randomStream(seed, "weather/order") });
  const noise = randomStream(seed, "weather/input-noise");
  const amplitudes = randomStream(seed, "weather/input-noise-amplitude");
  const shares = randomStream(seed, "weather/corruption-share");
  const moves = randomStream(seed, "weather/corruption");
  const colours = randomStream(seed, "weather/colours");
  const masks = Array.from({ length: model.passes }, (_, pass) => {
    return colourMask(scales.at(-1)!, 0, (pass * COLOURS) / model.passes);
  });
  const rate = flatThenLinearSchedule({ peak, last: peak * LAST_RATE, steps, flat: FLAT });
  const wanted = new Set(program.inputs.map(({ name }) => name));
  const fitted: NamedArrays = { ...foundations.tensors, ...Object.fromEntries(foundations.folds.map((fold, i) => [`folds/${i}`, fold])) }; // prettier-ignore
  return {
    name: "refiner",
    kind: "weather/training/refiner",
    steps,
    program: () => program,
    layout: ({ model: found }) => layoutOf({ state: weightStateTypes(weatherWeightTypes(found).refiner) }),
    start: () => initialWeightState(startingAtFrequencies(foundations, fieldModel(model).refiner.init(parameterNormals(seed))), types.refiner), // prettier-ignore
    constants: Object.fromEntries(Object.entries(fitted).filter(([name]) => wanted.has(name))),
    batches: (step) => {
      const items = { first: step * batchSize, count: batchSize };
      const batch = new Float32Array(batchSize * 3 * size);
      const times = new Float32Array(batchSize * FORCINGS);
      const fold = new Float32Array(batchSize);
      order(step).indices.forEach((at, i) => {
        const item = positions[at]!;
        batch.set(states.subarray((item - 1) * size, (item + 2) * size), i * 3 * size);
        times.set(forcings(series.times[item]!, series.stepHours), i * FORCINGS);
        fold[i] = at < Math.floor(positions.length / 2) ? 0 : 1;
      });
      const share = uniforms(shares, { items, draws: 1 }).map((value) => value * corruption);
      const shifts = scales.slice(0, -1).map(({ count }, scale) => {
        const { dimensions } = model.quantiser.scales[scale]!;
        const uniform = uniforms(moves, { items, scale, sites: count, draws: dimensions });
        return Int32Array.from(uniform, (value, i) => {
          const own = share[Math.floor(i / (count * dimensions))]!;
          return value < own / 2 ? -1 : value < own ? 1 : 0;
        });
      });
      return {
        states: batch,
        forcings: times,
        fold,
        drawn: concatenate(Array.from(integers(colours, { items, draws: 1 }, masks.length), (pass) => masks[pass]!)),
        noise: scaledItems(
          normals(noise, { items, sites: 2 * cells, draws: model.channels.length }),
          uniforms(amplitudes, { items, draws: 1 }),
        ),
        ...Object.fromEntries(shifts.map((shift, k) => [`shifts/${k}`, shift])),
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

/** Nats of a token by the levels' frequencies alone. */
function entropyOf({ counts, codebook }: FittedTransform): number {
  const levels = codebook.centroids.shape[1]!;
  const total = counts.subarray(0, levels).reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count) => (count > 0 ? sum - (count / total) * Math.log(count / total) : sum), 0);
}

/** The network with heads that begin at how often each level occurs. */
function startingAtFrequencies(
  { quantiser }: Foundations,
  initial: HostParameters<FieldRefinerParameters>,
): HostParameters<FieldRefinerParameters> {
  return {
    ...initial,
    scales: initial.scales.map((scale, k) => {
      const { counts, codebook } = quantiser[k]!;
      const levels = codebook.centroids.shape[1]!;
      const logarithms = levelFrequencies(counts, levels).map(Math.log);
      const { weight, bias } = scale.head;
      const data = bias.data.map((_, at) => logarithms[at % logarithms.length]!);
      return { ...scale, head: { weight, bias: { ...bias, data } } };
    }),
  };
}
