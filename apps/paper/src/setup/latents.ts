import { meanSquaredError, mlp } from "@nextscale/refinement-core";
import { networkShapes } from "../variant/networks.js";
import type { Variant } from "../variant/variant.js";
import { decoded, encoded, type FrozenAutoencoder } from "./frozen.js";
import type { Method } from "./method.js";

/**
 * Setup A, *Latent-MLP*, which is the regression head of setup B: E of the noisy image to E of the clean one, by the mean
 * squared error between latents; pixels by D.
 */
export function latentsMethod(
  variant: Extract<Variant, { readonly kind: "latents" }>,
  autoencoder: FrozenAutoencoder,
): Method {
  const { apply } = mlp(networkShapes(variant)["predictor"]!);
  return {
    loss: ({ predictor }, { clean, noisy }) =>
      meanSquaredError(encoded(autoencoder, clean), apply(predictor!, encoded(autoencoder, noisy))),
    predict: ({ predictor }, noisy) => decoded(autoencoder, apply(predictor!, encoded(autoencoder, noisy))),
  };
}
