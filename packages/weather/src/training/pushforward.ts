import { f32, type NamedArrays } from "@nextscale/engine";
import { randomStream, uniforms, type TypesOf } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { RunConfig } from "../config/config.js";
import type { OneRunHead } from "../head/head.js";
import { fieldModel } from "../model/field-model.js";
import { FORCINGS, forcings } from "../model/forcings.js";
import { HOUR } from "../verification/case.js";
import { fieldSize, type FieldSeries } from "./field-series.js";
import type { TrainingItems } from "./objective.js";

/** What a step of training takes to start from forecasts of its own. */
export type PushforwardInputs = {
  /** The state before the two that a step starts from [B, H, W, C], in deviations. */
  readonly before: tf.Tensor;
  /** Of the step that ends where the training's begins [B, FORCINGS]. */
  readonly forcings: tf.Tensor;
  /** 1 for the items that start from a forecast, else 0 [B, 1, 1, 1]. */
  readonly chosen: tf.Tensor;
  /** Of the forecast's draw. */
  readonly noise: Readonly<Record<string, tf.Tensor>>;
};

/**
 * Pushforward (Brandstetter et al. 2022, "Message passing neural PDE solvers"): a share of the items start from what the model
 * itself forecast for the present, so that it learns to go on from its own states.
 */
export interface Pushforward {
  readonly head: OneRunHead;
  types(items: number): TypesOf<PushforwardInputs>;
  /** @param positions of the items' states in the series */
  inputs(items: TrainingItems, positions: readonly number[]): NamedArrays;
}

/** The pushforward of a run; `undefined` for one without. */
export function pushforwardOf(
  { model, training }: RunConfig,
  { series, states, seed }: { readonly series: FieldSeries; readonly states: Float32Array; readonly seed: number },
): Pushforward | undefined {
  const { head, grid } = fieldModel(model);
  if (training.pushforward === 0 || head.kind !== "one run") return undefined;
  const size = fieldSize(series);
  const choices = randomStream(seed, "weather/pushforward");
  const draws = randomStream(seed, "weather/pushforward-draw");
  const step = series.stepHours * HOUR;
  return {
    head,
    types: (items) => ({
      before: f32(items, grid.latitudes.length, grid.longitudes.length, model.channels.length),
      forcings: f32(items, FORCINGS),
      chosen: f32(items, 1, 1, 1),
      noise: head.noiseTypes(items),
    }),
    inputs(items, positions) {
      const before = new Float32Array(items.count * size);
      const times = new Float32Array(items.count * FORCINGS);
      const chosen = uniforms(choices, { items, draws: 1 }).map((value) => Number(value < training.pushforward));
      positions.forEach((at, i) => {
        // Where the series begins, or begins again after a gap, there is nothing to start from.
        const isThere = at >= 2 && series.times[at]! - series.times[at - 2]! === 2 * step;
        if (!isThere) chosen[i] = 0;
        const from = isThere ? at - 2 : at - 1;
        before.set(states.subarray(from * size, (from + 1) * size), i * size);
        times.set(forcings(series.times[at]! - step, series.stepHours), i * FORCINGS);
      });
      const noise = Object.entries(head.noise(draws, items)).map(([name, values]) => [`push/noise/${name}`, values]);
      return {
        "push/before": before,
        "push/forcings": times,
        "push/chosen": chosen,
        ...(Object.fromEntries(noise) as NamedArrays),
      };
    },
  };
}
