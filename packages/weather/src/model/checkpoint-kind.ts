import { layoutOf, type CheckpointKind } from "@nextscale/refinement-core";
import { weatherModelConfigSchema, type WeatherModelConfig } from "../config/config.js";
import { weatherWeightTypes } from "./field-model.js";

/** A finished forecast model as a checkpoint. */
export const weatherModelKind: CheckpointKind<WeatherModelConfig> = {
  kind: "weather/next-scale",
  config: weatherModelConfigSchema,
  layout: (config) => layoutOf(weatherWeightTypes(config)),
};
