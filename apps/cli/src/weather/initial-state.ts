import { basename } from "node:path";
import {
  initialStateOf,
  simulatedInitialState,
  SIMULATOR_SPLIT,
  type ForecastModel,
  type InitialState,
} from "@nextscale/weather";
import { openDataset } from "@nextscale/weather/node";
import { showStages } from "../stage-line.js";

/** Where a forecast starts. */
export interface StartOptions {
  readonly init?: string;
  readonly initTime?: number;
}

/** A start, and where it is from. */
export interface NamedStart {
  readonly initial: InitialState;
  /** For the file: the name of the data. */
  readonly source: string;
}

/**
 * The start of a forecast: from a file, or, for a model of the simulator, from the run that is kept for tests, which no model is
 * trained on.
 *
 * @throws NextscaleError as `initialStateOf` and `simulatedInitialState`
 */
export async function startOf(
  model: ForecastModel,
  { init, initTime }: StartOptions,
  signal: AbortSignal,
): Promise<NamedStart> {
  if (init !== undefined) {
    const dataset = await openDataset(init, { signal });
    return { initial: await initialStateOf(dataset, model, initTime), source: basename(init) };
  }
  const [seed] = SIMULATOR_SPLIT.test.seeds;
  const stages = showStages(process.stderr);
  stages.begin("simulating the start");
  const time = initTime === undefined ? {} : { time: initTime };
  const initial = await simulatedInitialState(model, { seed, ...time, signal }).finally(stages.end);
  return { initial, source: `simulator, seed ${seed}` };
}
