import { NextscaleError } from "@nextscale/engine";
import { untilSignalsAreSeen } from "@nextscale/refinement-core";
import { requireGrid } from "../data/analyses.js";
import { SIMULATOR_CHANNELS } from "../simulator/outputs.js";
import { quasiGeostrophicModel } from "../simulator/quasi-geostrophic.js";
import { simulatedTime } from "../simulator/simulated-time.js";
import { simulate } from "../simulator/simulate.js";
import { HOUR } from "../verification/case.js";
import type { ForecastModel, InitialState } from "./forecast-model.js";

/** Which moment of which run. */
export interface SimulatedStartOptions {
  /** Of the run. */
  readonly seed: number;
  /** Milliseconds since 1970-01-01 UTC, in the simulator's calendar, which begins on 2001-01-15; its second step unless told. */
  readonly time?: number;
  readonly signal?: AbortSignal;
}

const WHERE = "weather/simulatedInitialState";

/** Times beyond so many days are more than a person wants to wait for. */
const MOST_DAYS = 3660;

/**
 * The start of a forecast out of a run of the simulator, for a model that forecasts the simulator.
 *
 * @throws NextscaleError `invalid-argument` for a model of other channels or a time that the run does not have, `invalid-data`
 *   for one of another grid; AbortError when the signal aborts
 */
export async function simulatedInitialState(
  { layout, config }: Pick<ForecastModel, "layout" | "config">,
  { seed, time, signal }: SimulatedStartOptions,
): Promise<InitialState> {
  const refuse = (expected: string, got: string, fix: string) =>
    new NextscaleError({ code: "invalid-argument", where: WHERE, expected, got, fix });
  const { stepHours } = config;
  if (layout.channels.join() !== SIMULATOR_CHANNELS.join()) {
    const fix = "name a file with the two analyses to start from";
    throw refuse(`a model of the simulator's ${SIMULATOR_CHANNELS.join(", ")}`, layout.channels.join(", "), fix);
  }
  requireGrid(WHERE, quasiGeostrophicModel().harmonics.grid, layout.grid);
  const hours = time === undefined ? stepHours : (time - simulatedTime(0)) / HOUR;
  if (!(hours >= stepHours && hours % stepHours === 0 && hours <= 24 * MOST_DAYS)) {
    const first = new Date(simulatedTime(stepHours)).toISOString();
    const fix = "choose another time, or start from a file";
    throw refuse(`a time every ${stepHours} hours from ${first} for ${MOST_DAYS} days`, iso(time), fix);
  }
  let previous: Float32Array | undefined;
  for (const snapshot of simulate({ seed, days: hours / 24, hoursBetween: stepHours })) {
    await untilSignalsAreSeen();
    signal?.throwIfAborted();
    if (snapshot.hours < hours) previous = snapshot.fields;
    else return { time: simulatedTime(hours), previous: previous!, current: snapshot.fields };
  }
  throw new Error(`internal: the run ended before hour ${hours}`);
}

function iso(time: number | undefined): string {
  return time === undefined ? "none" : new Date(time).toISOString();
}
