import { layoutOf, type CheckpointKind } from "@nextscale/refinement-core";
import { graphModelSchema, type GraphModelConfig } from "../config/config.js";
import { graphWeightTypes } from "./weights.js";

/** A finished graph model as a checkpoint: the averaged weights of its refiner. */
export const graphModelKind: CheckpointKind<GraphModelConfig> = {
  kind: "graphs/next-scale",
  config: graphModelSchema,
  layout: (config) => layoutOf(graphWeightTypes(config)),
};
