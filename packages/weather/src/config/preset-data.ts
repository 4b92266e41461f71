import { SIMULATOR_SPLIT, type WeatherPresetName } from "./presets.js";

/** Runs of the simulator. */
export interface SimulatorRuns {
  readonly seeds: readonly number[];
  readonly years: number;
}

/** What a preset is trained on where no data is named. */
export interface PresetData {
  readonly train: SimulatorRuns;
  /** What sharpness is fitted on; without it, it stays 1. */
  readonly validation?: SimulatorRuns;
  readonly stepHours: number;
}

const GLOBE: PresetData = {
  train: SIMULATOR_SPLIT.train,
  validation: SIMULATOR_SPLIT.validation,
  stepHours: 12,
};

/** The simulator's data for each preset. */
export const PRESET_DATA: Readonly<Record<WeatherPresetName, PresetData>> = {
  sim: GLOBE,
  "sim-single-scale": GLOBE,
  "sim-vectors": GLOBE,
  "sim-gaussian": GLOBE,
  "sim-diffusion": GLOBE,
  "sim-one-pass": GLOBE,
  // Little more than the least that a quantiser is fitted to.
  tiny: { train: { seeds: [1], years: 0.75 }, stepHours: 12 },
};
