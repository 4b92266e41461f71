import { parameterTypes, SHAPES_ONLY, type TypesOf } from "@nextscale/refinement-core";
import type { ImageModelConfig } from "../config/config.js";
import { tokeniserTypes, type TokeniserTypes } from "../tokeniser/weights.js";
import { imageRefiner, type RefinerParameters } from "./generator.js";

/** Types of everything a finished model consists of. */
export type WeightTypes = TokeniserTypes & { readonly refiner: TypesOf<RefinerParameters> };

/** The weights that a configuration implies; nothing of their size is made. */
export function weightTypes(config: ImageModelConfig): WeightTypes {
  return { ...tokeniserTypes(config), refiner: parameterTypes(imageRefiner(config).init(SHAPES_ONLY)) };
}
