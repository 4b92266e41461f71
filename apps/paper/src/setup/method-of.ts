import type { HostTensor } from "@nextscale/refinement-core";
import type { Variant } from "../variant/variant.js";
import { bandsMethod } from "./bands.js";
import { codesMethod } from "./codes.js";
import type { FrozenAutoencoder } from "./frozen.js";
import { latentsMethod } from "./latents.js";
import type { Method } from "./method.js";
import { pixelsMethod } from "./pixels.js";

/** What variants find ready, made when it is first asked for. */
export interface Prepared {
  readonly autoencoder: () => Promise<FrozenAutoencoder>;
  /** k-means of clean latents in so many parts: [parts, 64, 64 / parts]. */
  readonly codebook: (parts: number) => Promise<HostTensor>;
}

/** How a variant learns and predicts. */
export async function methodOf(variant: Variant, prepared: Prepared): Promise<Method> {
  switch (variant.kind) {
    case "pixels":
      return pixelsMethod(variant);
    case "latents":
      return latentsMethod(variant, await prepared.autoencoder());
    case "codes":
      return codesMethod(variant, await prepared.autoencoder(), await prepared.codebook(variant.parts));
    case "bands":
      return bandsMethod(variant);
  }
}
