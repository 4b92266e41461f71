import { layoutOf, type CheckpointKind } from "@nextscale/refinement-core";
import { imageModelConfigSchema, type ImageModelConfig } from "./config.js";
import { weightTypes } from "./weights.js";

/** A finished image model as a checkpoint: averaged weights of tokeniser and refiner, and the codebooks. */
export const imageModelKind: CheckpointKind<ImageModelConfig> = {
  kind: "images/next-scale",
  config: imageModelConfigSchema,
  layout: (config) => layoutOf(weightTypes(config)),
};
