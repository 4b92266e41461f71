import type { ImageModelConfig, TokeniserConfig } from "../config/config.js";
import type { ImageModel } from "../model/image-model.js";

/** What evaluation needs of an image model. */
export interface EvaluatedModel extends Pick<
  ImageModel,
  "hash" | "trainedOn" | "engine" | "networkEvaluations" | "sample" | "encode" | "decode" | "score"
> {
  readonly config: Pick<ImageModelConfig, "height" | "width" | "channels" | "classes"> & {
    readonly tokeniser: Pick<TokeniserConfig, "scales" | "vocabulary">;
  };
}
