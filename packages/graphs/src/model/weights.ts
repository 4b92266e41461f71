import type { TypesOf } from "@nextscale/refinement-core";
import type { GraphModelConfig } from "../config/config.js";
import type { GraphRefinerParameters } from "../refiner/graph-refiner.js";
import { refinerTypes } from "../refiner/refiner-types.js";

/** Everything that a finished model keeps. */
export type GraphWeights = { readonly refiner: GraphRefinerParameters };

/** Types of all weights. */
export function graphWeightTypes(config: GraphModelConfig): TypesOf<GraphWeights> {
  return { refiner: refinerTypes(config) };
}
