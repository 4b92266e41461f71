import { NextscaleError, type Engine } from "@nextscale/engine";
import {
  compiledPrograms,
  inBatches,
  randomStream,
  sliceItems,
  untilSignalsAreSeen,
  type Checkpoint,
  type ModelDescription,
} from "@nextscale/refinement-core";
import type { WeatherModelConfig } from "../config/config.js";
import { HOUR } from "../verification/case.js";
import { drawStep } from "./draw-step.js";
import { fieldModel } from "./field-model.js";
import { scaleOfModel } from "./field-scaling.js";
import type { ForecastModel, ForecastRequest, ForecastStep, InitialState, StepLikelihood } from "./forecast-model.js";
import { forcings } from "./forcings.js";
import { layoutOfModel } from "./layout-of-model.js";
import { requirePlausible } from "./plausible-start.js";
import { repeated } from "./repeated.js";
import { requireRequest, requireState } from "./requirements.js";
import { scoreProgram } from "./score-program.js";
import { isUnstable } from "./stability.js";

/** As much of a checkpoint as a model is made of. */
export interface ForecastModelContent extends Pick<Checkpoint<WeatherModelConfig>, "config" | "tensors" | "hash"> {
  readonly description: Pick<ModelDescription, "seed" | "data">;
}

/** What a model is made with besides its checkpoint. */
export interface CreateForecastModelOptions {
  /** Stays open when the model is closed, unless `ownsEngine`. */
  readonly engine: Engine;
  readonly ownsEngine?: boolean;
}

/** More members in one run take longer each: what they work on no longer fits the caches. */
const MEMBERS_AT_A_TIME = 8;

/**
 * A forecast model from the content of its two files. It works wherever there is an engine; with Node `loadForecastModel` does
 * it all.
 *
 * @param content what `decodeCheckpoint` gives, which has checked it
 */
export function createForecastModel(
  { config, tensors, hash, description }: ForecastModelContent,
  { engine, ownsEngine = false }: CreateForecastModelOptions,
): ForecastModel {
  const { head } = fieldModel(config);
  const layout = layoutOfModel(config);
  const { grid } = layout;
  const programs = compiledPrograms(engine, tensors, {
    where: "weather/model",
    ...(ownsEngine ? { afterwards: () => engine.close() } : {}),
  });
  const size = config.channels.length * grid.latitudes.length * grid.longitudes.length;
  const variability = { range: tensors["scaling/variability"]!, areaWeights: grid.areaWeights, columns: grid.longitudes.length }; // prettier-ignore

  const { scaled, unscaled } = scaleOfModel(config, tensors);
  const limit = Float32Array.from(tensors["scaling/limit"]!);

  async function* forecast(request: ForecastRequest): AsyncGenerator<ForecastStep, void, undefined> {
    const { initial, steps, members, firstMember, seed, sharpness, signal } = requireRequest(request, config, layout);
    const unstableSince = new Int32Array(members);
    const startOf = (name: "previous" | "current", time: number): Float32Array => {
      requirePlausible(`initial.${name}`, initial[name], { layout, limit, unscaled: (field) => unscaled(field, time) });
      return repeated(scaled(initial[name], time), members);
    };
    let previous = startOf("previous", initial.time - config.stepHours * HOUR);
    let current = startOf("current", initial.time);
    for (let step = 1; step <= steps; step++) {
      const start = initial.time + (step - 1) * config.stepHours * HOUR;
      const stream = randomStream(seed, `weather/forecast/${initial.time}/${step}`);
      const next = new Float32Array(members * size);
      await programs.call(() =>
        inBatches(
          members,
          async (first, items, kept) => {
            await untilSignalsAreSeen();
            if (signal?.aborted) throw interrupted(step, steps);
            const drawn = await drawStep(config, head, {
              members: { first: firstMember + first, count: items },
              stream,
              sharpness: Float32Array.from(sharpness),
              start: {
                previous: sliceItems(previous, size, first, items),
                current: sliceItems(current, size, first, items),
                forcings: repeated(Float32Array.from(forcings(start, config.stepHours)), items),
              },
              run: programs.run,
            });
            next.set(drawn.subarray(0, kept * size), first * size);
          },
          MEMBERS_AT_A_TIME,
        ),
      );
      const fields = new Float32Array(members * size);
      for (let member = 0; member < members; member++) {
        const field = next.subarray(member * size, (member + 1) * size);
        if (unstableSince[member] === 0 && isUnstable(field, variability)) unstableSince[member] = step;
        fields.set(unscaled(field, start + config.stepHours * HOUR), member * size);
      }
      [previous, current] = [current, next];
      const leadHours = step * config.stepHours;
      yield {
        step,
        leadHours,
        validTime: initial.time + leadHours * HOUR,
        fields,
        unstableSince: unstableSince.slice(),
      };
    }
  }

  const score = async (initial: InitialState, next: Float32Array): Promise<StepLikelihood> => {
    requireState(initial, layout);
    requireState({ ...initial, current: next }, layout);
    if (head.kind !== "one run" || head.score === undefined) throw withoutLikelihood(config);
    const ofHead = head.score;
    const outputs = await programs.run("score", () => scoreProgram(config, ofHead), {
      previous: scaled(initial.previous, initial.time - config.stepHours * HOUR),
      current: scaled(initial.current, initial.time),
      next: scaled(next, initial.time + config.stepHours * HOUR),
      forcings: Float32Array.from(forcings(initial.time, config.stepHours)),
    });
    const nats = Float64Array.from(outputs["nats"]!);
    const total = nats.reduce((sum, value) => sum + value, 0);
    const decoded = Float32Array.from(outputs["decoded"]!);
    const reconstruction = unscaled(decoded, initial.time + config.stepHours * HOUR);
    return { nats, bitsPerValue: total / Math.LN2 / size, reconstruction };
  };

  return {
    config,
    layout,
    hash,
    trainedOn: description.data,
    seed: description.seed,
    engine: engine.name,
    networkEvaluations: head.evaluations,
    forecast,
    score: (initial, next) => programs.call(() => score(initial, next)),
    close: () => programs.close(),
  };
}

function interrupted(step: number, steps: number): NextscaleError {
  return new NextscaleError({
    code: "interrupted",
    where: "weather/forecast",
    expected: `${steps} steps`,
    got: `an interruption before step ${step}`,
    fix: "forecast again: the same seed gives the same members",
  });
}

function withoutLikelihood({ head }: WeatherModelConfig): NextscaleError {
  return new NextscaleError({
    code: "invalid-argument",
    where: "weather/score",
    expected: "a model with a categorical head, whose codes have a likelihood",
    got: `a head of kind ${head.kind}`,
  });
}
