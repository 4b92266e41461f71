import { f32 } from "@nextscale/engine";
import { layoutOf, type CheckpointKind } from "@nextscale/refinement-core";
import { weatherModelConfigSchema, type WeatherModelConfig } from "../config/config.js";
import { weatherWeightTypes } from "./field-model.js";
import { climatologyShape } from "./field-scaling.js";

/** A finished forecast model as a checkpoint: what its programs read, and the climatology that fields are departures from. */
export const weatherModelKind: CheckpointKind<WeatherModelConfig> = {
  kind: "weather/next-scale",
  config: weatherModelConfigSchema,
  layout: (config) => layoutOf({ ...weatherWeightTypes(config), climatology: f32(...climatologyShape(config)) }),
};
