import { layoutOf, type CheckpointKind } from "@nextscale/refinement-core";
import { imageModelConfigSchema, type ImageModelConfig } from "../config/config.js";
import { weightTypes } from "../generator/weights.js";

/** A finished image model as a checkpoint: averaged weights of tokeniser and refiner, and the codebooks. */
export const imageModelKind: CheckpointKind<ImageModelConfig> = {
  kind: "images/next-scale",
  config: imageModelConfigSchema,
  layout: (config) => layoutOf(weightTypes(config)),
};
