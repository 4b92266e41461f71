import { meanSquaredError, mlp } from "@nextscale/refinement-core";
import { networkShapes } from "../variant/networks.js";
import type { Variant } from "../variant/variant.js";
import type { Method } from "./method.js";

/** Setup A, *Pixel-MLP*: noisy pixels to clean ones, by the mean squared error. */
export function pixelsMethod(variant: Extract<Variant, { readonly kind: "pixels" }>): Method {
  const { apply } = mlp(networkShapes(variant)["predictor"]!);
  return {
    loss: ({ predictor }, { clean, noisy }) => meanSquaredError(clean, apply(predictor!, noisy)),
    predict: ({ predictor }, noisy) => apply(predictor!, noisy),
  };
}
