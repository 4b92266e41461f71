import type { Engine } from "@nextscale/engine";
import { loadFeatureNetwork } from "@nextscale/images/node";
import type { RunOptions } from "../run-options.js";
import type { TrainingOptions } from "../training-runs.js";
import { withEngine } from "../with-engine.js";
import { studyNetworks, type StudyNetworks } from "./study-data.js";

/** What a run of the study has open, and what it may change. */
export interface OpenStudy
  extends Pick<RunOptions, "out" | "signal" | "onProgress">, Pick<TrainingOptions, "checkpointEvery" | "logEvery"> {
  readonly seeds: readonly number[];
  readonly engine: Engine;
  readonly networks: StudyNetworks;
}

/** Opens the engine and the networks that others have trained, for as long as the work takes. */
export function withStudy<Result>(
  where: string,
  options: RunOptions,
  seeds: readonly number[],
  work: (open: OpenStudy) => Promise<Result>,
): Promise<Result> {
  return withEngine(where, options, async (engine) => {
    const features = await loadFeatureNetwork(options.engine === undefined ? {} : { engine: options.engine });
    try {
      return await work({ ...options, seeds, engine, networks: await studyNetworks(features) });
    } finally {
      await features.close();
    }
  });
}
