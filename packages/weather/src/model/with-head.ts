import { parameterArrays, parameterNormals } from "@nextscale/refinement-core";
import type { WeatherModelConfig } from "../config/config.js";
import type { HeadConfig } from "../config/head-config.js";
import type { ForecastModelContent } from "./create-forecast-model.js";
import { fieldModel } from "./field-model.js";

/** Which head, on which scales. */
export interface OtherHead {
  readonly head: HeadConfig;
  readonly pyramid: WeatherModelConfig["pyramid"];
}

/**
 * A model with another head on the same network, scaling and anchor, as it is before training: it forecasts badly, in the time
 * that the trained one would take. Heads with weights of their own find them among the model's where the names are the same.
 */
export function withUntrainedHead(
  { config: own, tensors, ...rest }: ForecastModelContent,
  { head, pyramid }: OtherHead,
): ForecastModelContent {
  const config = { ...own, head, pyramid, sharpness: [1, ...pyramid.factors.map(() => 1)] };
  const initial = fieldModel(config).refiner.init(parameterNormals(0));
  const shared = Object.entries(tensors).filter(([name]) => !name.startsWith("refiner/"));
  return { ...rest, config, tensors: { ...Object.fromEntries(shared), ...parameterArrays(initial, "refiner") } };
}
