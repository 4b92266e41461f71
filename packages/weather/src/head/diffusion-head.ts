import { edmPlan, edmPreconditioning, NOISE_FEATURES, noiseFeatures } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { DiffusionHeadConfig } from "../config/head-config.js";
import { fromTokens } from "../refiner/field-tokens.js";
import type { FieldGeometry } from "../refiner/field-geometry.js";
import type { DenoisingHead } from "./head.js";

/** Noise levels that are drawn from: GenCast's (Price et al. 2024). */
export const SAMPLING_RANGE = { least: 0.03, most: 80, rho: 7 } as const;

/**
 * Diffusion over the whole field at once, as GenCast has it: the noisy field is read with the state that the forecast starts
 * from, so every evaluation is one of the whole network.
 */
export function diffusionHead(
  { levels, churn }: DiffusionHeadConfig,
  { channels, tokens }: FieldGeometry,
): DenoisingHead {
  const plan = edmPlan({ range: SAMPLING_RANGE, levels, churn });
  const own = tokens[0]!;
  return {
    kind: "denoising",
    inputs: channels,
    features: NOISE_FEATURES,
    outputs: [own.side ** 2 * channels],
    weights: [],
    // Encoder and scale, each time.
    evaluations: 2 * plan.length,
    plan,
    denoise(network, noisy, level) {
      const { skip, out, input } = edmPreconditioning(tf.reshape(level, [-1, 1, 1, 1]));
      const fields = tf.mul(noisy, input);
      const encoding = network.encode({ fields, features: noiseFeatures(level) });
      const said = fromTokens(network.refine(0, fields, encoding), own, own.side);
      return tf.add(tf.mul(noisy, skip), tf.mul(said, out));
    },
  };
}
