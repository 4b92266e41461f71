import { f32 } from "@nextscale/engine";
import { normals } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { OnePassHeadConfig } from "../config/head-config.js";
import type { FieldGeometry } from "../refiner/field-geometry.js";
import { fromTokens } from "../refiner/field-tokens.js";
import type { NetworkOnStates, OneRunHead } from "./head.js";

/**
 * One pass from noise to field: some normal numbers for a whole state, which reach the network where the time of day does, and
 * training on the CRPS make the draws differ (functional generative networks, Alet et al. 2025).
 */
export function onePassHead({ noise: draws }: OnePassHeadConfig, geometry: FieldGeometry): OneRunHead {
  const { channels, tokens } = geometry;
  return {
    kind: "one run",
    inputs: 0,
    features: draws,
    outputs: [tokens[0]!.side ** 2 * channels],
    weights: [],
    evaluations: 2,
    noiseTypes: (items) => ({ noise: f32(items, draws) }),
    noise: (stream, items) => ({ noise: normals(stream, { items, draws }) }),
    draw: (network, _, { noise }, sharpness) => fieldOfNoise(network, geometry, tf.mul(noise!, sharpness)),
  };
}

/** The field that the network makes of some noise [B, draws]. */
export function fieldOfNoise(
  network: NetworkOnStates,
  { channels, tokens }: FieldGeometry,
  features: tf.Tensor,
): tf.Tensor {
  const own = tokens[0]!;
  const nothing = tf.zeros([network.items, own.height, own.width, channels]);
  return fromTokens(network.refine(0, nothing, network.encode({ features })), own, own.side);
}
