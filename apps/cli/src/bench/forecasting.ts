import { isNextscaleError, type Engine } from "@nextscale/engine";
import {
  createForecastModel,
  simulatedInitialState,
  WEATHER_PRESETS,
  withUntrainedHead,
  type ForecastModel,
  type ForecastModelContent,
  type InitialState,
} from "@nextscale/weather";
import { readForecastModel } from "@nextscale/weather/node";
import { median, quartiles, type RepeatedTimes } from "./statistics.js";

/** Times of forecasting with the bundled model, or why there are none. */
export type ForecastingResult =
  | {
      readonly model: string;
      readonly members: readonly ForecastTimes[];
      /** By heads on the same network. */
      readonly heads: readonly HeadTimes[];
    }
  | { readonly skipped: string };

/** Times of a step of so many members, in milliseconds. */
export interface ForecastTimes extends RepeatedTimes {
  readonly members: number;
}

/** What a head costs. */
export interface HeadTimes extends ForecastTimes {
  readonly head: string;
  readonly networkEvaluations: number;
}

const MODEL = "sim";
const MEMBERS = [1, 2, 4, 8, 16, 32];
const OF_HEADS = 16;
/** Steps of another head, at most: a diffusion takes seconds for each. */
const STEPS_OF_HEADS = 3;

/**
 * Steps of the bundled model's ensembles, and of other heads on its network, untrained: what they cost does not depend on
 * their weights.
 *
 * @param most steps after the first
 */
export async function timeForecasting(engine: Engine, most: number, signal: AbortSignal): Promise<ForecastingResult> {
  let content: ForecastModelContent;
  try {
    content = await readForecastModel(MODEL);
  } catch (error) {
    if (!isNextscaleError(error, "invalid-argument")) throw error;
    return { skipped: `no model ${MODEL} here: ${error.message}` };
  }
  const own = createForecastModel(content, { engine });
  try {
    const initial = await simulatedInitialState(own, { seed: 1, signal });
    const members: ForecastTimes[] = [];
    for (const count of MEMBERS) members.push(await timeSteps(own, initial, count, most, signal));
    const first = members.find((times) => times.members === OF_HEADS)!;
    const heads: HeadTimes[] = [{ ...first, ...costOf(own) }];
    for (const preset of ["sim-one-pass", "sim-diffusion"] as const) {
      const { head, pyramid } = WEATHER_PRESETS[preset].model;
      const other = createForecastModel(withUntrainedHead(content, { head, pyramid }), { engine });
      try {
        heads.push({
          ...(await timeSteps(other, initial, OF_HEADS, Math.min(most, STEPS_OF_HEADS), signal)),
          ...costOf(other),
        });
      } finally {
        await other.close();
      }
    }
    return { model: MODEL, members, heads };
  } finally {
    await own.close();
  }
}

function costOf({ config, networkEvaluations }: ForecastModel) {
  return { head: config.head.kind, networkEvaluations };
}

async function timeSteps(
  model: ForecastModel,
  initial: InitialState,
  members: number,
  most: number,
  signal: AbortSignal,
): Promise<ForecastTimes> {
  const times: number[] = [];
  let asked = performance.now();
  for await (const step of model.forecast({ initial, steps: 1 + most, members, seed: 1, signal })) {
    times[step.step - 1] = performance.now() - asked;
    asked = performance.now();
  }
  const [firstMs = 0, ...later] = times;
  return { members, firstMs, ms: median(later), quartiles: quartiles(later) };
}
