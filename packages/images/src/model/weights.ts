import { f32, flattenTree, isTensorType, type TensorType, type Tree } from "@nextscale/engine";
import { initialiser, parameterTypes, randomStream, type TensorLayout } from "@nextscale/refinement-core";
import { imageRefiner } from "../generator/generator.js";
import { initTokeniser } from "../tokeniser/tokeniser.js";
import type { ImageModelConfig } from "./config.js";

/** Types of everything a finished model consists of. */
export interface WeightTypes {
  readonly tokeniser: Tree<TensorType>;
  /** [vocabulary, latentChannels] for each scale. */
  readonly embeddings: readonly TensorType[];
  readonly refiner: Tree<TensorType>;
}

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

/** A tree of types as the names and types of a checkpoint's tensors. */
export function layoutOf(types: Tree<TensorType>): TensorLayout {
  return Object.fromEntries(flattenTree<TensorType>(types, isTensorType));
}
