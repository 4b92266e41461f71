import { f32, NextscaleError, type Engine, type NamedArrays } from "@nextscale/engine";
import { concatenate, integers, randomStream, traceTyped, type TypesOf } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { WeatherModelConfig } from "../config/config.js";
import { anchored } from "../model/anchor.js";
import { weatherWeightTypes, type WeatherWeights } from "../model/field-model.js";
import { possibleState } from "../model/possible-state.js";
import { scaleOfModel, type FieldScale } from "../model/field-scaling.js";
import { gridFrom } from "../model/grid-from.js";
import { repeated } from "../model/repeated.js";
import { fieldSize, learnable, type FieldSeries } from "../training/field-series.js";
import { seriesFields } from "../training/series-fields.js";
import type { FieldSource } from "../verification/baselines.js";
import { HOUR } from "../verification/case.js";
import { analysisAt, type ForecastSystem } from "./forecast-system.js";

/** What the ensemble is made of. */
export interface RidgeEnsembleOptions {
  readonly engine: Engine;
  /** A model's configuration and weights: its regression and its scales are used, its network is not. */
  readonly model: { readonly config: WeatherModelConfig; readonly tensors: NamedArrays };
  /** Data that the regression's errors are drawn from: of the training years. */
  readonly archive: FieldSeries;
  /** Analyses to start from. */
  readonly fields: FieldSource;
  readonly steps: number;
  readonly members: number;
  readonly seed: number;
}

/** A system that holds a compiled program. */
export interface RidgeEnsemble extends ForecastSystem {
  /** Frees the program. */
  close(): Promise<void>;
}

type Inputs = Pick<WeatherWeights, "scaling" | "truncation" | "anchor"> & {
  readonly previous: tf.Tensor;
  readonly current: tf.Tensor;
  /** The field that is added to what the regression expects. */
  readonly error: tf.Tensor;
};

/**
 * The baseline between linear regression and a generative model: each member takes the regression's step and adds a whole
 * field of errors that the regression made at some time of the archive, drawn anew in every step. The errors have the right
 * size and the right pattern in space; what they lack is to depend on the state.
 *
 * @throws NextscaleError `invalid-argument` for a model without a regression
 */
export async function ridgeEnsemble(options: RidgeEnsembleOptions): Promise<RidgeEnsemble> {
  const { engine, model, archive, fields, steps, members, seed } = options;
  const { config, tensors } = model;
  if (config.anchor.kind === "persistence") {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "weather/ridgeEnsemble",
      expected: "a model with a regression as its anchor",
      got: config.anchor.kind,
    });
  }
  const program = stepProgram(config, members);
  const names = new Set(program.inputs.map(({ name }) => name));
  const constants = Object.fromEntries(Object.entries(tensors).filter(([name]) => names.has(name)));
  const executable = await engine.compile(program, { constants });
  const size = fieldSize(archive);
  const step = async (previous: Float32Array, current: Float32Array, error: Float32Array): Promise<Float32Array> =>
    ((await executable.run({ previous, current, error }))["next"] as Float32Array).slice();

  const scale = scaleOfModel(config, tensors);
  const errors = await archiveErrors(archive, scale, members, step);
  const count = errors.length / size;
  return {
    name: "ridge + bootstrapped errors",
    async *forecast(start) {
      const stepHours = config.stepHours;
      const all = (time: number) => repeated(scale.scaled(analysisAt(fields, time), time), members);
      let [previous, current] = [all(start - stepHours * HOUR), all(start)];
      const stream = randomStream(seed, `weather/ridge-ensemble/${start}`);
      for (let i = 1; i <= steps; i++) {
        const chosen = integers(stream, { items: members, scale: i, draws: 1 }, count);
        const error = new Float32Array(members * size);
        chosen.forEach((at, m) => error.set(errors.subarray(at * size, (at + 1) * size), m * size));
        const next = await step(previous, current, error);
        [previous, current] = [current, next];
        const valid = start + i * stepHours * HOUR;
        const parts = Array.from({ length: members }, (_, m) =>
          scale.unscaled(next.subarray(m * size, (m + 1) * size), valid),
        );
        yield { leadHours: i * stepHours, members: parts };
      }
    },
    close: () => executable.close(),
  };
}

/** What the regression misses of the archive's steps, in deviations [N, H, W, C]. */
async function archiveErrors(
  archive: FieldSeries,
  scale: FieldScale,
  members: number,
  step: (previous: Float32Array, current: Float32Array, error: Float32Array) => Promise<Float32Array>,
): Promise<Float32Array> {
  const size = fieldSize(archive);
  const items = learnable(archive);
  const errors = new Float32Array(items.length * size);
  const fields = seriesFields(archive);
  const at = (i: number) => scale.scaled(analysisAt(fields, archive.times[i]!), archive.times[i]!);
  const nothing = new Float32Array(members * size);
  for (let first = 0; first < items.length; first += members) {
    const batch = Array.from({ length: members }, (_, m) => items[Math.min(first + m, items.length - 1)]!);
    const expected = await step(
      concatenate(batch.map((i) => at(i - 1))),
      concatenate(batch.map((i) => at(i))),
      nothing,
    );
    batch.forEach((i, m) => {
      if (first + m >= items.length) return;
      const truth = at(i + 1);
      const own = expected.subarray(m * size, (m + 1) * size);
      errors.set(truth.map((value, j) => value - own[j]!), (first + m) * size); // prettier-ignore
    });
  }
  return errors;
}

/** previous, current, error [items, H, W, C] -> next, kept in the waves and the limits that a model's forecasts are kept in. */
function stepProgram(config: WeatherModelConfig, items: number) {
  const grid = gridFrom(config.grid);
  const field = f32(items, grid.latitudes.length, grid.longitudes.length, config.channels.length);
  const { scaling, truncation, anchor } = weatherWeightTypes(config);
  const signature: TypesOf<Inputs> = { scaling, truncation, anchor, previous: field, current: field, error: field };
  return traceTyped<Inputs>(signature, ({ scaling, truncation: components, anchor: regression, error, ...pair }) => {
    const known = anchored(config.anchor, grid, { perChange: scaling.perChange, regression, components }, pair);
    const how = { truncation: config.truncation, grid, components };
    return { next: possibleState(how, { limit: scaling.limit, response: [] }, tf.add(known.anchor, error)) };
  });
}
