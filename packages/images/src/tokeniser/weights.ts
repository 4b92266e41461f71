import { f32, type TensorType } from "@nextscale/engine";
import { initialiser, parameterTypes, SHAPES_ONLY, type TypesOf } from "@nextscale/refinement-core";
import type { ImageModelConfig } from "../config/config.js";
import { initTokeniser, type TokeniserParameters } from "./tokeniser.js";

/** Types of what a finished tokeniser consists of. */
export type TokeniserTypes = {
  readonly tokeniser: TypesOf<TokeniserParameters>;
  /** [vocabulary, latentChannels] for each scale. */
  readonly embeddings: readonly TensorType[];
};

/** The tokeniser's weights that a configuration implies; nothing of their size is made. */
export function tokeniserTypes(config: ImageModelConfig): TokeniserTypes {
  const shapes = initialiser(SHAPES_ONLY);
  const { scales, vocabulary, latentChannels } = config.tokeniser;
  return {
    tokeniser: parameterTypes(initTokeniser(config, shapes, shapes)),
    embeddings: scales.map(() => f32(vocabulary, latentChannels)),
  };
}
