import { linear, type Pca } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { Predict } from "../measure/scores.js";
import { oracleCodes } from "../setup/codes.js";
import { decoded, encoded } from "../setup/frozen.js";
import { constant } from "../setup/method.js";
import type { Prepared } from "../setup/method-of.js";
import { linearFilter } from "./linear-filter.js";

/** What learned predictors are held against: predictors that learn nothing, and bounds of those that go through a bottleneck. */
export interface Floor {
  readonly id: FloorId;
  readonly label: string;
  /** A trivial predictor sees the noisy image; a floor sees the clean one, and is what is lost all the same. */
  readonly kind: "trivial" | "floor";
}

/** Names of floors. */
export const FLOOR_IDS = ["identity", "black", "linear", "autoencoder", "oracle-1", "oracle-16"] as const;

/** Name of a floor. */
export type FloorId = (typeof FLOOR_IDS)[number];

/** All floors, in the order of their names. */
export const FLOORS: Readonly<Record<FloorId, Floor>> = {
  identity: { id: "identity", label: "The noisy image itself", kind: "trivial" },
  black: { id: "black", label: "Nothing: a black image, R₀ = 0", kind: "trivial" },
  linear: { id: "linear", label: "Best linear filter of noise 0.20 (Wiener)", kind: "trivial" },
  autoencoder: { id: "autoencoder", label: "Floor: D(E(clean image))", kind: "floor" },
  "oracle-1": { id: "oracle-1", label: "Floor: nearest code of the clean latent, 1 code of 64", kind: "floor" },
  "oracle-16": { id: "oracle-16", label: "Floor: nearest codes of the clean latent, 16 codes of 64", kind: "floor" },
};

/** What floors are made of, made when it is first asked for. */
export interface FloorInputs extends Prepared {
  /** Of the training images. */
  readonly components: () => Promise<Pca>;
  /** Of the noise that a filter is made for. */
  readonly sigma: number;
}

/** A floor as a predictor without parameters. */
export async function floorPredictor(id: FloorId, inputs: FloorInputs): Promise<Predict<object>> {
  switch (id) {
    case "identity":
      return (_, { noisy }) => noisy;
    case "black":
      return (_, { clean }) => tf.mul(clean, 0);
    case "linear": {
      const { weight, bias } = linearFilter(await inputs.components(), inputs.sigma);
      return (_, { noisy }) => linear({ weight: constant(weight), bias: constant(bias) }, noisy);
    }
    case "autoencoder": {
      const autoencoder = await inputs.autoencoder();
      return (_, { clean }) => decoded(autoencoder, encoded(autoencoder, clean));
    }
    case "oracle-1":
    case "oracle-16": {
      const autoencoder = await inputs.autoencoder();
      const codebook = await inputs.codebook(id === "oracle-1" ? 1 : 16);
      return (_, { clean }) => oracleCodes(autoencoder, codebook, clean);
    }
  }
}
