import { f32, type TensorType } from "@nextscale/engine";
import { initialiser, parameterTypes, randomStream } from "@nextscale/refinement-core";
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

/** The weights that a configuration implies. */
export function weightTypes(config: ImageModelConfig): WeightTypes {
  const noDraws = (_path: string, count: number) => new Float32Array(count);
  const { scales, vocabulary, latentChannels } = config.tokeniser;
  return {
    tokeniser: parameterTypes(initTokeniser(config, initialiser(noDraws), randomStream(0, "phi"))),
    embeddings: scales.map(() => f32(vocabulary, latentChannels)),
    refiner: parameterTypes(imageRefiner(config).init(noDraws)),
  };
}
