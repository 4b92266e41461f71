import { layoutOf, type CheckpointKind } from "@nextscale/refinement-core";
import { graphModelSchema, type GraphModelConfig } from "../config/config.js";
import { graphWeightTypes } from "./weights.js";

/** A finished graph model as a checkpoint: averaged weights of the refiner, and the codes of compositions. */
export const graphModelKind: CheckpointKind<GraphModelConfig> = {
  kind: "graphs/next-scale",
  config: graphModelSchema,
  layout: (config) => layoutOf(graphWeightTypes(config)),
};
