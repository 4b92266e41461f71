import { ANALYSIS_SETS, type AnalysisSet } from "./analysis-sets.js";
import { SIMULATOR_SPLIT, type WeatherPresetName } from "./presets.js";

/** Runs of the simulator. */
export interface SimulatorRuns {
  readonly seeds: readonly number[];
  readonly years: number;
}

/** What a preset is trained on where no data is named: runs of the simulator, or a public data set. */
export type PresetData =
  | {
      readonly kind: "simulator";
      readonly train: SimulatorRuns;
      /** What sharpness is fitted on; without it, it stays 1. */
      readonly validation?: SimulatorRuns;
      readonly stepHours: number;
    }
  | { readonly kind: "analyses"; readonly set: AnalysisSet };

const GLOBE: PresetData = {
  kind: "simulator",
  train: SIMULATOR_SPLIT.train,
  validation: SIMULATOR_SPLIT.validation,
  stepHours: 12,
};

/** The data of each preset. */
export const PRESET_DATA: Readonly<Record<WeatherPresetName, PresetData>> = {
  sim: GLOBE,
  "sim-single-scale": GLOBE,
  "sim-vectors": GLOBE,
  "sim-gaussian": GLOBE,
  "sim-diffusion": GLOBE,
  "sim-one-pass": GLOBE,
  eraint: { kind: "analyses", set: ANALYSIS_SETS[0]! },
  // Little more than the least that a quantiser is fitted to.
  tiny: { kind: "simulator", train: { seeds: [1], years: 0.75 }, stepHours: 12 },
};
