import type { Engine } from "@nextscale/engine";
import type { Digits } from "../data/digits.js";
import type { RunOptions } from "./run-options.js";
import type { TrainingOptions } from "./training-runs.js";

/** What a part that trains on noisy digits is run with, whatever its settings, data and engine. */
export interface RunOnDigits<Settings>
  extends Pick<RunOptions, "out" | "signal" | "onProgress">, Pick<TrainingOptions, "checkpointEvery" | "logEvery"> {
  readonly seeds: readonly number[];
  readonly settings: Settings;
  /** As many as the largest training set asks for. */
  readonly digits: Digits;
  readonly engine: Engine;
}
