import { f32, type TensorType } from "@nextscale/engine";
import { initialiser, parameterTypes, SHAPES_ONLY } from "@nextscale/refinement-core";
import { imageRefiner, type RefinerParameters } from "../generator/generator.js";
import { initTokeniser, type TokeniserParameters } from "../tokeniser/tokeniser.js";
import type { ImageModelConfig } from "./config.js";
import type { TypesOf } from "./traced.js";

/** Types of everything a finished model consists of. */
export type WeightTypes = {
  readonly tokeniser: TypesOf<TokeniserParameters>;
  /** [vocabulary, latentChannels] for each scale. */
  readonly embeddings: readonly TensorType[];
  readonly refiner: TypesOf<RefinerParameters>;
};

/** The weights that a configuration implies; nothing of their size is made. */
export function weightTypes(config: ImageModelConfig): WeightTypes {
  const shapes = initialiser(SHAPES_ONLY);
  const { scales, vocabulary, latentChannels } = config.tokeniser;
  return {
    tokeniser: parameterTypes(initTokeniser(config, shapes, shapes)),
    embeddings: scales.map(() => f32(vocabulary, latentChannels)),
    refiner: parameterTypes(imageRefiner(config).init(SHAPES_ONLY)),
  };
}
